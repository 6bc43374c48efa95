export interface FieldError {
  /** Path into the request, e.g. settings.baseUrl. */
  field: string;
  /** What is wrong and what to do. */
  message: string;
}

/** What was given cannot be a connection. Nothing was changed. */
export class InvalidConnection extends Error {
  constructor(readonly errors: FieldError[]) {
    super(errors.map(({ field, message }) => `${field}: ${message}`).join('; '));
  }
}

export class ConnectionNotFound extends Error {
  constructor(readonly connectionId: string) {
    super(`There is no connection ${connectionId}`);
  }
}

/** Another connection of the tenant has this name. */
export class ConnectionNameTaken extends Error {
  constructor(readonly connectionName: string) {
    super(`Another connection is called ${connectionName}`);
  }
}

/** The connection has had no such configuration. */
export class VersionNotFound extends Error {
  constructor(readonly version: number) {
    super(`There is no version ${version}`);
  }
}
