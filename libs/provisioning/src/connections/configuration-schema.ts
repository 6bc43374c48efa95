import { longestExpression } from '@rollcall/scim';

/** JSON Schemas (draft-07) of the parts of a connection that are the same for every connector. */

const text = { type: 'string', minLength: 1, maxLength: 1_000 };
const expression = { type: 'string', minLength: 1, maxLength: longestExpression };

const objectMapping = {
  type: 'object',
  additionalProperties: false,
  required: ['matching', 'attributes'],
  properties: {
    matching: {
      type: 'array',
      maxItems: 10,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['target'],
        properties: { source: text, expression, target: text },
      },
    },
    attributes: {
      type: 'array',
      minItems: 1,
      maxItems: 500,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['target', 'apply'],
        properties: {
          target: text,
          source: text,
          constant: {},
          expression,
          default: {},
          apply: { enum: ['always', 'create'] },
          whenEmpty: { enum: ['clear', 'leave'] },
          ordered: { type: 'boolean' },
          kind: { enum: ['value', 'reference'] },
        },
      },
    },
  },
};

export const mappingsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['users'],
  properties: { users: objectMapping, groups: objectMapping },
};

const rule = { type: 'string', minLength: 1, maxLength: 10_000 };
const groupIds = {
  type: 'array',
  maxItems: 1_000,
  uniqueItems: true,
  items: { type: 'string', format: 'uuid' },
};
const typeScope = { type: 'object', additionalProperties: false, properties: { rule, groups: groupIds } };

export const scopeSchema = scopeWith(groupIds);

/** Of a scope whose groups are not a list. */
export const scopeByTypeSchema = scopeWith(typeScope);

function scopeWith(groups: object): object {
  return { type: 'object', additionalProperties: false, properties: { rule, users: typeScope, groups } };
}

const yesOrNo = { type: 'boolean' };
const leaving = { enum: ['deactivate', 'delete', 'keep'] };
const guardLimit = {
  type: 'object',
  additionalProperties: false,
  properties: {
    enabled: yesOrNo,
    above: { type: 'integer', minimum: 0, maximum: 1_000_000 },
    abovePercent: { type: 'number', minimum: 0, maximum: 100 },
    withinMinutes: { type: 'integer', minimum: 1, maximum: 1_440 },
  },
};
const groupLeaving = { enum: ['delete', 'keep'] };

export const policySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    users: {
      type: 'object',
      additionalProperties: false,
      properties: {
        create: yesOrNo,
        update: yesOrNo,
        deactivate: yesOrNo,
        delete: yesOrNo,
        onDeactivated: { enum: ['deactivate', 'keep'] },
        onDeletedAtSource: leaving,
        onOutOfScope: leaving,
        deleteAfterHours: { type: 'number', minimum: 0, maximum: 87_600 },
      },
    },
    groups: {
      type: 'object',
      additionalProperties: false,
      properties: {
        enabled: yesOrNo,
        create: yesOrNo,
        update: yesOrNo,
        delete: yesOrNo,
        members: yesOrNo,
        membership: { enum: ['direct', 'effective'] },
        onDeletedAtSource: groupLeaving,
        onOutOfScope: groupLeaving,
      },
    },
    push: {
      type: 'object',
      additionalProperties: false,
      properties: {
        requestsPerSecond: { type: 'number', minimum: 0.01, maximum: 10_000 },
        concurrency: { type: 'integer', minimum: 1, maximum: 64 },
        attempts: { type: 'integer', minimum: 1, maximum: 100 },
      },
    },
    guard: {
      type: 'object',
      additionalProperties: false,
      properties: {
        creates: guardLimit,
        updates: guardLimit,
        deactivations: guardLimit,
        deletes: guardLimit,
      },
    },
    quarantine: {
      type: 'object',
      additionalProperties: false,
      properties: {
        enabled: yesOrNo,
        failurePercent: { type: 'number', minimum: 1, maximum: 100 },
        atLeast: { type: 'integer', minimum: 2, maximum: 10_000 },
        withinMinutes: { type: 'integer', minimum: 1, maximum: 120 },
      },
    },
    protected: {
      type: 'array',
      maxItems: 1_000,
      items: {
        type: 'object',
        additionalProperties: false,
        properties: { attribute: text, value: text, pattern: text, remoteId: text, subjectId: text },
      },
    },
  },
};
