import {
  caCertificates,
  connections,
  maxAnswerBytes,
  pageSize,
  timeoutMs,
} from '../../schema-parts/connection-settings.js';
import { choice, flag, integer } from '../../schema-parts/fields.js';
import { defaultSettings } from './settings.js';

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
    mode: choice(
      'Workers are read by',
      'soap: the web service Get_Workers. raas: a custom report that is enabled as a web service.',
      ['soap', 'raas'],
      defaultSettings.mode,
    ),
    apiVersion: {
      title: 'Version of Workday Web Services',
      description:
        'Such as v42.0. It decides where values lie in the answers; writing back needs v36.0 or later.',
      type: 'string',
      pattern: '^v\\d{2}\\.\\d$',
      default: defaultSettings.apiVersion,
    },
    workerTypes: choice(
      'Workers',
      'Which kinds of workers are read.',
      ['all', 'employees', 'contingent-workers'],
      defaultSettings.workerTypes,
    ),
    preHireDays: integer(
      'Days before the hire date',
      'From when on a future hire counts as active, so that accounts are ready on day one.',
      0,
      180,
      defaultSettings.preHireDays,
    ),
    accessEnds: choice(
      'Leavers count as active',
      'after-last-day: until midnight at the end of the last day. before-last-day: until midnight before it.',
      ['after-last-day', 'before-last-day'],
      defaultSettings.accessEnds,
    ),
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
    pageSize: pageSize('Workers asked for at a time.', 999, defaultSettings.pageSize),
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
    reportFormat: choice(
      'Format of the report',
      'JSON keeps lists within a row, CSV does not.',
      ['json', 'csv'],
      defaultSettings.reportFormat,
    ),
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
    writeBack: flag(
      'Write back',
      'Work e-mail, work phones and user name are written to Workday where mapped. Off: Workday is only read.',
      defaultSettings.writeBack,
    ),
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
    timeoutMs: timeoutMs(
      'How long one call may take, and how long a report may be silent.',
      defaultSettings.timeoutMs,
      1_800_000,
    ),
    maxAnswerBytes: maxAnswerBytes('A longer page is refused.', defaultSettings.maxAnswerBytes),
    maxReportBytes: integer(
      'Largest report (bytes)',
      'A longer report is cut off, and told as cut short. Workday itself ends at 2 GB.',
      1_024,
      2 ** 40,
      defaultSettings.maxReportBytes,
    ),
    connections: connections(
      'Calls at once at most. Workday is known to slow down at about ten a second.',
      16,
      defaultSettings.connections,
    ),
    caCertificates: caCertificates(
      'PEM certificates, for a proxy with an authority of its own. With them no other authority is trusted.',
    ),
  },
};
