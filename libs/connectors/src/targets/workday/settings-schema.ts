import { defaultSettings } from './settings.js';

const integer = (title: string, description: string, minimum: number, maximum: number, standard: number) => ({
  title,
  description,
  type: 'integer',
  minimum,
  maximum,
  default: standard,
});
const texts = (title: string, description: string, names: string, maxLength: number) => ({
  title,
  description,
  type: 'object',
  maxProperties: 200,
  propertyNames: { pattern: names },
  additionalProperties: { type: 'string', minLength: 1, maxLength },
  default: {},
});
const prompt = (title: string, description: string) => ({
  title,
  description,
  type: 'string',
  pattern: '^[A-Za-z0-9_.\\- ]+(![A-Za-z0-9_]+)?$',
  maxLength: 200,
});

const attributeName = '^[A-Za-z][A-Za-z0-9_]{0,99}$';

export const settingsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  required: ['url', 'tenant', 'timeZone'],
  properties: {
    url: {
      title: 'Web services host',
      description:
        'Scheme and host of the web services of your tenant, such as https://wd2-impl-services1.workday.com: shown in Workday by the task View API Clients, or in the URL of any WSDL.',
      type: 'string',
      pattern: '^https?://[^\\s/@?#]+/?$',
      maxLength: 500,
    },
    tenant: {
      title: 'Tenant',
      description: 'The name of the tenant: the first part of the path after signing in to Workday.',
      type: 'string',
      pattern: '^[A-Za-z0-9_-]{1,100}$',
    },
    timeZone: {
      title: 'Time zone',
      description: 'Of the tenant, such as America/Los_Angeles: a last day of work ends at midnight there.',
      type: 'string',
      pattern: '^[A-Za-z][A-Za-z0-9_+/-]{0,99}$',
    },
    mode: {
      title: 'Workers are read by',
      description:
        'soap: the web service Get_Workers. raas: a custom report that is enabled as a web service.',
      type: 'string',
      enum: ['soap', 'raas'],
      default: defaultSettings.mode,
    },
    apiVersion: {
      title: 'Version of Workday Web Services',
      description:
        'Such as v42.0. It decides where values lie in the answers; writing back needs v36.0 or later.',
      type: 'string',
      pattern: '^v\\d{2}\\.\\d$',
      default: defaultSettings.apiVersion,
    },
    workerTypes: {
      title: 'Workers',
      description: 'Which kinds of workers are read.',
      type: 'string',
      enum: ['all', 'employees', 'contingent-workers'],
      default: defaultSettings.workerTypes,
    },
    preHireDays: integer(
      'Days before the hire date',
      'From when on a future hire counts as active, so that accounts are ready on day one.',
      0,
      180,
      defaultSettings.preHireDays,
    ),
    accessEnds: {
      title: 'Leavers count as active',
      description:
        'after-last-day: until midnight at the end of the last day. before-last-day: until midnight before it.',
      type: 'string',
      enum: ['after-last-day', 'before-last-day'],
      default: defaultSettings.accessEnds,
    },
    xpaths: texts(
      'XPath of attributes',
      'Where values lie in Get_Workers, for attributes of your own or in place of the usual: XPath 1.0 that begins at wd:Worker, as in the attribute list of Microsoft Entra.',
      attributeName,
      4_000,
    ),
    include: {
      title: 'Further sections',
      description:
        'Response_Group elements beyond those that the attributes ask for, such as Include_Qualifications.',
      type: 'array',
      items: { type: 'string', pattern: '^Include_[A-Za-z_]{1,100}$' },
      maxItems: 50,
      default: defaultSettings.include,
    },
    pageSize: integer('Page size', 'Workers asked for at a time.', 1, 999, defaultSettings.pageSize),
    overlapMinutes: integer(
      'Overlap (minutes)',
      'How far each look for changes goes back behind the last one. Workers may be told twice, none is missed.',
      0,
      1_440,
      defaultSettings.overlapMinutes,
    ),
    report: {
      title: 'Report',
      description:
        'For raas: owner and report as in the URL of the report, such as isu_rollcall/Rollcall_Workers.',
      type: 'string',
      pattern: '^[^/?#\\s]{1,200}/[^/?#\\s]{1,200}$',
    },
    reportFormat: {
      title: 'Format of the report',
      description: 'JSON keeps lists within a row, CSV does not.',
      type: 'string',
      enum: ['json', 'csv'],
      default: defaultSettings.reportFormat,
    },
    reportPrompts: texts(
      'Prompts of the report',
      'Name and value, sent each time. Of an instance, add the type of its id: Organization!WID.',
      '^[A-Za-z0-9_.\\- ]+(![A-Za-z0-9_]+)?$',
      1_000,
    ),
    reportColumns: texts(
      'Columns of the report',
      'Attribute and the column that holds it, where the column has another name: {"workEmail": "Email_-_Primary_Work"}.',
      attributeName,
      200,
    ),
    updatedFromPrompt: prompt(
      'Prompt “updated from”',
      'A date-time prompt that limits the report to workers changed since. Without it each look reads the whole report.',
    ),
    updatedThroughPrompt: prompt('Prompt “updated through”', 'The other end, where the report has one.'),
    workerPrompt: prompt(
      'Prompt for one worker',
      'A worker prompt that limits the report to one. Without it one worker is found by reading the whole report.',
    ),
    writeBack: {
      title: 'Write back',
      description:
        'Work e-mail, work phones and user name are written to Workday where mapped. Off: Workday is only read.',
      type: 'boolean',
      default: defaultSettings.writeBack,
    },
    phoneCountry: {
      title: 'Country of phone numbers',
      description:
        'ISO 3166-1 alpha-3 code, such as USA: for numbers without a calling code, and where several countries share one.',
      type: 'string',
      pattern: '^[A-Z]{3}$',
      default: defaultSettings.phoneCountry,
    },
    probeWorkerId: {
      title: 'Worker for write tests',
      description:
        'Worker id whose work e-mail a test writes once more as it is. Each test makes a business event. Left out: nothing is written in tests.',
      type: 'string',
      minLength: 1,
      maxLength: 100,
    },
    timeoutMs: integer(
      'Time-out (ms)',
      'How long one call may take, and how long a report may be silent.',
      100,
      1_800_000,
      defaultSettings.timeoutMs,
    ),
    maxAnswerBytes: integer(
      'Largest answer (bytes)',
      'A longer page is refused.',
      1_024,
      1 << 30,
      defaultSettings.maxAnswerBytes,
    ),
    maxReportBytes: integer(
      'Largest report (bytes)',
      'A longer report is cut off, and told as cut short. Workday itself ends at 2 GB.',
      1_024,
      2 ** 40,
      defaultSettings.maxReportBytes,
    ),
    connections: integer(
      'Connections',
      'Calls at once at most. Workday is known to slow down at about ten a second.',
      1,
      16,
      defaultSettings.connections,
    ),
    caCertificates: {
      title: 'Trusted certificates',
      description:
        'PEM certificates, for a proxy with an authority of its own. With them no other authority is trusted.',
      type: 'string',
      pattern: '-----BEGIN CERTIFICATE-----',
      maxLength: 200_000,
    },
  },
};
