import type { Discovery, Outcome, SubjectType, TargetAttribute } from '../../contract.js';
import { hasClass } from './create-entry.js';
import { attributesAllowed, describeAttribute, type DirectorySchema } from './directory-schema.js';
import { checkAttribute } from './entry-values.js';
import { capabilitiesWith } from './manifest.js';
import type { Work } from './server-link.js';
import type { Session } from './session.js';
import type { LdapSettings } from './settings.js';

/** The attributes that the object classes of the settings allow, from the schema of the server. */
export async function discoverDirectory(session: Session, work: Work): Promise<Outcome<Discovery>> {
  const { settings } = session;
  const schema = await session.schema(work);
  const types: SubjectType[] = settings.groups ? ['user', 'group'] : ['user'];
  const described = types.map((type) => describe(type, schema, settings));
  return {
    kind: 'ok',
    value: {
      objectTypes: described.map(({ type, attributes }) => ({ type, attributes })),
      capabilities: capabilitiesWith(settings),
      assumptions: described.flatMap(({ unknown }) =>
        unknown.map((name) => `The schema has no object class ${name}: its attributes are not known.`),
      ),
    },
    calls: work.calls,
  };
}

function describe(type: SubjectType, schema: DirectorySchema, settings: LdapSettings) {
  const classes = type === 'user' ? settings.userObjectClasses : [settings.groupObjectClass];
  const { must, may, unknown } = attributesAllowed(schema, classes);
  const given = givenByUs(type, settings);
  const rdn = (type === 'user' ? settings.userRdn : settings.groupRdn).toLowerCase();
  const attributes = [...new Set([...must, ...may])].map((name): TargetAttribute => {
    const about = describeAttribute(schema, name);
    const wrong = checkAttribute(type, name) !== undefined;
    const isName = name.toLowerCase() === rdn;
    const password = name.toLowerCase() === 'userpassword';
    return {
      ...about,
      // One value names the entry, however many the schema allows.
      ...(isName && { multiValued: false, oneOrMany: undefined }),
      required: isName || (must.has(name) && !wrong && !given.has(name.toLowerCase())),
      mutability: wrong ? 'readOnly' : password ? 'writeOnly' : about.mutability,
      unique: isName,
      ...(password && { type: 'string' as const, multiValued: false, oneOrMany: undefined }),
    };
  });
  if (type === 'user' && settings.disableBy !== 'none') attributes.push(activeAttribute);
  return { type, attributes, unknown };
}

/** Required, and filled in where nothing is mapped. */
function givenByUs(type: SubjectType, settings: LdapSettings): Set<string> {
  if (type === 'group') return new Set(['gidnumber', 'member', 'uniquemember']);
  return new Set(hasClass(settings, 'posixAccount') ? ['uidnumber', 'gidnumber', 'homedirectory'] : []);
}

const activeAttribute: TargetAttribute = {
  name: 'active',
  type: 'boolean',
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  unique: false,
};
