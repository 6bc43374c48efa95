export const customSchemaLimits = {
  schemas: 25,
  attributes: 100,
  subAttributes: 25,
  canonicalValues: 100,
  nameLength: 100,
  urnLength: 200,
  descriptionLength: 1000,
} as const;
