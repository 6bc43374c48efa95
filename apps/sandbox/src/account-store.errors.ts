export class NameTaken extends Error {
  constructor(attribute: string, value: string) {
    super(`${attribute} "${value}" is already taken`);
  }
}

export class NotThere extends Error {
  constructor(id: string) {
    super(`Resource ${id} not found`);
  }
}

export class NoSuchMember extends Error {
  constructor(id: string) {
    super(`Member ${id} does not exist`);
  }
}
