import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { connectorModules, type Mappings } from '@rollcall/connectors';
import { connectorView } from '../../apps/hub/src/connections/connector.dto.js';
import { checkConnection } from '../../libs/provisioning/src/connections/check-connection.js';

interface Schema {
  title?: string;
  description?: string;
  type?: string;
  const?: unknown;
  default?: unknown;
  writeOnly?: boolean;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  oneOf?: Schema[];
}

const ajv = new Ajv({ strict: false, discriminator: true, allowUnionTypes: true, allErrors: true });
addFormats.default(ajv);

/** Kinds of credentials; a schema without kinds is one. */
const kindsOf = (schema: Schema): Schema[] => schema.oneOf ?? [schema];
const propertiesOf = (schema: Schema): [string, Schema][] =>
  Object.entries(schema.properties ?? {}).filter(([, property]) => property.const === undefined);
/** What a form cannot show. */
const untold = (schema: Schema): string[] =>
  propertiesOf(schema).flatMap(([name, { title, description }]) => [
    ...(title ? [] : [`${name} has no title`]),
    ...(description ? [] : [`${name} has no description`]),
  ]);
const secret = /secret|passw|passphrase|token$|privatekey|apikey|^key$|assertion/i;
const targetsOf = ({ users, groups }: Mappings) =>
  (['user', 'group'] as const).flatMap((type) => {
    const mapping = type === 'user' ? users : groups;
    const lines = [...(mapping?.matching ?? []), ...(mapping?.attributes ?? [])];
    return lines.map(({ target }) => [type, target] as const);
  });

describe.each(connectorModules.map((module) => [module.manifest.type, module] as const))(
  '%s in the catalogue',
  (type, module) => {
    const { manifest } = module;
    const settings = manifest.settingsSchema as Schema;
    const credentials = manifest.credentialsSchema as Schema;
    const view = connectorView(manifest);

    it('describes its settings and credentials, so that a form can be drawn and filled in', () => {
      expect(() => ajv.compile(settings)).not.toThrow();
      expect(() => ajv.compile(credentials)).not.toThrow();
      expect(untold(settings)).toEqual([]);
      for (const kind of kindsOf(credentials)) expect(untold(kind), kind.title).toEqual([]);
      const kinds = kindsOf(credentials).map(({ properties }) => properties?.type?.const);
      expect(new Set(kinds).size).toBe(kinds.length);
      expect(kinds.every((kind) => typeof kind === 'string')).toBe(true);
      for (const [name, property] of propertiesOf(settings))
        if (property.default !== undefined)
          expect(ajv.compile(property)(property.default), `the default of ${name}`).toBe(true);
    });

    it('keeps secrets to the credentials, marked as what is never returned', () => {
      const isText = ({ type: kind, enum: choices }: Schema) => kind === 'string' && !choices;
      const inSettings = propertiesOf(settings).filter(
        ([name, property]) => property.writeOnly || (isText(property) && secret.test(name)),
      );
      expect(inSettings.map(([name]) => name)).toEqual([]);
      for (const kind of kindsOf(credentials)) {
        const open = propertiesOf(kind).filter(
          ([name, property]) => isText(property) && secret.test(name) && !property.writeOnly,
        );
        expect(
          open.map(([name]) => name),
          kind.title,
        ).toEqual([]);
      }
    });

    it('has presets that bring settings the schema takes', () => {
      const { preset } = settings.properties ?? {};
      const ids = manifest.presets.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const { required: _, ...loose } = settings;
      const takes = ajv.compile({
        type: 'object',
        properties: loose.properties,
        additionalProperties: false,
      });
      for (const { id, name, settings: brought, requestsPerSecond } of manifest.presets) {
        expect(name, id).toMatch(/\w/);
        expect(takes({ ...brought }), `${id}: ${ajv.errorsText(takes.errors)}`).toBe(true);
        expect(ajv.compile(preset!)(id), `settings.preset takes ${id}`).toBe(true);
        if (requestsPerSecond !== undefined) expect(requestsPerSecond, id).toBeGreaterThan(0);
      }
    });

    it.each([
      ['of its own', view.defaultMappings],
      ...view.presets.map((each) => [`of ${each.id}`, each.defaultMappings]),
    ] as [string, Mappings][])('has mappings %s that can be saved', async (_, mappings) => {
      expect(await checkConnection(module, { mappings })).toEqual([]);
      expect(mappings.users.matching.length).toBeGreaterThan(0);
      for (const [kind, target] of targetsOf(mappings))
        expect(module.checkAttribute?.(kind, target), target).toBeUndefined();
    });

    it('says what it may do, and what it is able to', () => {
      for (const each of [view, ...view.presets]) {
        expect(each.rights.length, each.name).toBeGreaterThan(0);
        for (const text of [...each.rights, ...each.limits]) expect(text, each.name).toMatch(/^\S.*\w/s);
        const { pageSize, members, changes, list, groups } = each.capabilities;
        expect(pageSize, each.name).toBeGreaterThan(0);
        if (groups && members.addRemove) expect(members.maxPerCall, each.name).toBeGreaterThan(0);
        if (changes) expect(list, each.name).toBe(true);
      }
    });

    it('has pages that lead an admin from nothing to a green test', async () => {
      const own = await page(view.page);
      const fields = [settings, ...kindsOf(credentials)].flatMap(propertiesOf).map(([name]) => name);
      expect(fields.filter((name) => !new RegExp(`\\b${name}\\b`).test(own))).toEqual([]);
      expect(lacks(own, [/^## .*settings/im, /credentials/i, /limit/i])).toEqual([]);
      for (const preset of view.presets) {
        const text = await page(preset.page);
        const needed = preset.page === view.page ? [] : [/^## What the preset sets$/m, /"credentials"/];
        expect(lacks(text, needed), preset.page).toEqual([]);
        if (preset.limits.length > 0) expect(lacks(text, [/limit/i]), preset.page).toEqual([]);
      }
    });

    it(`is listed once, as ${type}`, () => {
      expect(connectorModules.filter((each) => each.manifest.type === type)).toEqual([module]);
      expect(manifest.name).toMatch(/\w/);
      expect(manifest.description).toMatch(/\.$/);
    });
  },
);

const page = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The first numbered step is what to create at the vendor; the test comes before switching on. */
function lacks(text: string, further: RegExp[]): string[] {
  const needed = [/^## From nothing to a green test$/m, /^1\. /m, /\/test\b/, /enable/i, ...further];
  return needed.filter((each) => !each.test(text)).map(String);
}
