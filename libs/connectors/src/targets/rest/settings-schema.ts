import { longestExpression } from '@rollcall/scim';
import {
  caCertificates,
  callTimeoutMs,
  connections,
  maxCallAnswerBytes,
  pageSize,
  writeProbe,
} from '../../schema-parts/connection-settings.js';
import { choice, flag, integer } from '../../schema-parts/fields.js';
import { presets } from './presets/presets.js';
import { defaultSettings } from './settings.js';

const text = (title: string, description: string, maxLength = 2_000) => ({
  title,
  description,
  type: 'string',
  maxLength,
});
const expression = (title: string, description: string) => text(title, description, longestExpression);

const texts = (title: string, description: string, names: string) => ({
  title,
  description,
  type: 'object',
  maxProperties: 50,
  propertyNames: { pattern: names, maxLength: 200 },
  additionalProperties: { type: 'string', maxLength: 4_000 },
});
const headerName = '^[A-Za-z0-9-]+$';
const queryName = '^[^\\s=&#]+$';

const requestProperties = {
  method: { title: 'Method', type: 'string', enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
  path: text('Path', 'Below the base URL, with parameters in braces: /users/{id}'),
  query: texts('Query', 'Parameters of the address. One without a value is left out.', queryName),
  headers: texts('Headers', 'Sent with this request: Idempotency-Key: {operationId}', headerName),
  body: expression('Body', 'JSONata over what is known of the operation: {"login": attributes.userName}'),
  success: {
    title: 'Statuses of success',
    description: 'Left out: 200 to 299.',
    type: 'array',
    minItems: 1,
    maxItems: 20,
    items: { type: 'integer', minimum: 200, maximum: 599 },
  },
  result: expression('Result', 'JSONata over the answer: the object or the list of objects. Left out: body'),
};

const request = (title: string, description: string, further: object = {}) => ({
  title,
  description,
  type: 'object',
  additionalProperties: false,
  required: ['method', 'path'],
  properties: { ...requestProperties, ...further },
});

const knownAttribute = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { title: 'Name', type: 'string', minLength: 1, maxLength: 200 },
    title: text('Name in messages', 'As the app calls it in error messages.', 200),
    type: {
      title: 'Type',
      type: 'string',
      enum: ['string', 'boolean', 'integer', 'decimal', 'dateTime', 'complex'],
      default: 'string',
    },
    multiValued: { title: 'A list', type: 'boolean', default: false },
    required: { title: 'Required', type: 'boolean', default: false },
    unique: { title: 'Unique', type: 'boolean', default: false },
    caseExact: { title: 'Upper and lower case count', type: 'boolean', default: false },
    example: {
      title: 'Example',
      description:
        'For the requests that the test shows, and for the write test. {random} differs each time.',
      type: ['string', 'number', 'boolean'],
      maxLength: 1_000,
    },
  },
};

const objects = (title: string, description: string) => ({
  title,
  description,
  type: 'object',
  additionalProperties: false,
  properties: {
    create: request('Create', 'Makes one. The answer has the object, or at least its id.', {
      id: expression('Id', 'JSONata over the answer, where the object it returns has no id.'),
    }),
    update: request('Update', 'Changes one.'),
    updateWith: choice(
      'Update with',
      'changes: what changes. whole: the object is read, changed and written back.',
      ['changes', 'whole'],
      'changes',
    ),
    get: request('Get', 'Reads one by {id}.'),
    find: request('Find', 'Searches for {value} of {attribute}. Results are compared again here.', {
      attributes: {
        title: 'Searchable',
        description: 'Attributes the app can search by. Left out: any.',
        type: 'array',
        maxItems: 100,
        items: { type: 'string', minLength: 1, maxLength: 200 },
      },
    }),
    list: request('List', 'Everything, page by page: {offset}, {page} or {cursor}, and {limit}.'),
    deactivate: request('Deactivate', 'Where access is taken by a request of its own.'),
    reactivate: request('Reactivate', 'Where access is given by a request of its own.'),
    delete: request('Delete', 'Deletes one.'),
    addMember: request('Add a member', 'Adds {member} to the group {id}.'),
    removeMember: request('Remove a member', 'Removes {member} from the group {id}.'),
    changeMembers: request('Change members', 'Adds members.add and removes members.remove in one request.'),
    read: {
      title: 'How an object is read',
      description: 'JSONata over the object as the app returns it.',
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: {
        id: expression('Id', 'Such as id'),
        attributes: expression('Attributes', 'An object with the attributes. Left out: the whole object.'),
        active: expression('Active', 'true or false: status = "active"'),
        members: expression('Members', 'Of a group, the ids of its members: users.id'),
      },
    },
    readEach: flag('Read each', 'Searches and lists are incomplete: each object is read by itself.', false),
    paging: {
      title: 'Paging',
      type: 'object',
      additionalProperties: false,
      required: ['by'],
      properties: {
        by: { title: 'By', type: 'string', enum: ['none', 'offset', 'page', 'cursor', 'link'] },
        first: {
          title: 'First number',
          description: 'Of the first object or page. Left out: 0 for objects, 1 for pages.',
          type: 'integer',
          minimum: 0,
          maximum: 1,
        },
        total: expression('Total', 'JSONata over the answer: how many there are: body.total_count'),
        next: expression('Next', 'JSONata over the answer: the next cursor or link: body.next'),
      },
    },
    attributes: {
      title: 'Attributes',
      description: 'Those the app has, as far as they are known. Others can be mapped, too.',
      type: 'array',
      maxItems: 500,
      items: knownAttribute,
    },
  },
});

const headerOf = (title: string) => ({ title, type: 'string', pattern: headerName, maxLength: 100 });

export const settingsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  required: ['baseUrl'],
  properties: {
    preset: choice(
      'App',
      'Fills in what is known of the app.',
      presets.map(({ id }) => id),
      defaultSettings.preset,
    ),
    baseUrl: {
      title: 'Base URL',
      description:
        'The address of the app’s API, or of the receiver. Example: https://app.example.com/api/v1',
      type: 'string',
      format: 'uri',
      pattern: '^https?://[^\\s@?#]+$',
      maxLength: 2000,
    },
    users: objects('Users', 'The requests for users.'),
    groups: objects('Groups', 'The requests for groups. Left out: the app has none.'),
    test: request('Test', 'What a test sends first. Left out: a request that reads users.'),
    answers: {
      title: 'What answers mean',
      description:
        'JSONata over the answer (status, headers, body), true or false, where statuses do not say it.',
      type: 'object',
      additionalProperties: false,
      properties: {
        failed: expression('Failed', 'Of an answer with a status of success: body.ok = false'),
        conflict: expression('Conflict', 'A unique value is taken: status = 400 and body.code = "exists"'),
        notFound: expression('Not found', 'The object is gone.'),
        denied: expression('Denied', 'The credentials are refused.'),
        retry: expression('Retry', 'The app asks to come back later.'),
        message: expression('Message', 'The text for people: body.errors[0].text'),
      },
    },
    headers: texts('Headers', 'Sent with every request. Secrets belong into the credentials.', headerName),
    query: texts('Query', 'Parameters of every address.', queryName),
    bodyFormat: choice(
      'Format of bodies',
      'text: the expression of the body gives the text itself, XML for example.',
      ['json', 'form', 'text'],
      defaultSettings.bodyFormat,
    ),
    contentType: {
      ...text('Content type', 'Left out: what belongs to the format.', 200),
      pattern: '^[\\x20-\\x7e]+$',
    },
    signature: {
      title: 'Signature',
      description: 'How requests are signed, where the credentials have a signing secret.',
      type: 'object',
      additionalProperties: false,
      required: ['style'],
      properties: {
        style: choice(
          'Style',
          'standard-webhooks, or custom: as the fields below say.',
          ['standard-webhooks', 'custom'],
          defaultSettings.signature.style,
        ),
        header: { ...headerOf('Header'), default: 'X-Signature' },
        algorithm: { title: 'HMAC with', type: 'string', enum: ['sha256', 'sha512'], default: 'sha256' },
        encoding: { title: 'Encoding', type: 'string', enum: ['hex', 'base64'], default: 'hex' },
        content: {
          ...text('What is signed', '{id}, {timestamp}, {method}, {path}, {body} and texts between.', 500),
          default: '{body}',
        },
        value: {
          ...text('Value of the header', '{signature}, {timestamp}, {id} and texts between.', 500),
          default: '{signature}',
        },
      },
    },
    rateHeaders: {
      title: 'Headers of limits',
      description: 'Where the app tells its limits in headers with names of its own.',
      type: 'object',
      additionalProperties: false,
      properties: {
        limit: headerOf('Limit'),
        remaining: headerOf('Remaining'),
        reset: headerOf('Reset'),
        retryAfter: headerOf('Retry after'),
      },
    },
    timeoutMs: callTimeoutMs(defaultSettings.timeoutMs),
    maxAnswerBytes: maxCallAnswerBytes(defaultSettings.maxAnswerBytes),
    connections: connections('Sockets kept open to the app at most.', 256, defaultSettings.connections),
    pageSize: pageSize('Objects asked for at a time: the value of {limit}.', 1_000, defaultSettings.pageSize),
    membersPerCall: integer(
      'Members for each call',
      'How many members are changed at a time.',
      1,
      1_000,
      defaultSettings.membersPerCall,
    ),
    caCertificates: caCertificates(
      'PEM certificates of the authorities trusted for this app, in place of the system’s.',
    ),
    writeProbe: writeProbe(
      'A test makes an account of its own from the examples, changes it and deletes it.',
      defaultSettings.writeProbe,
    ),
  },
};
