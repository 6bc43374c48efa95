/** An error as the Directory API words it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
    /** Of newer errors: `error.details[0].reason`. */
    private readonly detail?: string,
  ) {
    super(message);
  }

  get body(): object {
    const { status, reason, message, detail } = this;
    return {
      error: {
        code: status,
        message,
        errors: [{ domain: 'global', reason, message }],
        ...(detail && {
          details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: detail }],
        }),
      },
    };
  }
}

export const invalid = (message: string) => new ApiError(400, 'invalid', message);
export const required = (field: string) => new ApiError(400, 'required', `Missing required field: ${field}`);
export const duplicate = (message = 'Entity already exists.') => new ApiError(409, 'duplicate', message);
export const notFound = (key: string) => new ApiError(404, 'notFound', `Resource Not Found: ${key}`);
export const forbidden = () => new ApiError(403, 'forbidden', 'Not Authorized to access this resource/api');
