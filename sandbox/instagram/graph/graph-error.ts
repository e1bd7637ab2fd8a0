/** An error of the Graph API. All errors that Instagram documents have status 400. */
export class GraphError extends Error {
  readonly status: number = 400;

  constructor(
    readonly code: number,
    message: string,
    readonly details: {
      subcode?: number | undefined;
      type?: string;
      isTransient?: boolean | undefined;
      userMessage?: string | undefined;
    } = {},
  ) {
    super(message);
  }

  body(traceId: string): object {
    const { subcode, type = 'OAuthException', isTransient, userMessage } = this.details;
    return {
      error: {
        message: this.message,
        type,
        code: this.code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(isTransient === undefined ? {} : { is_transient: isTransient }),
        ...(userMessage === undefined ? {} : { error_user_msg: userMessage }),
        fbtrace_id: traceId,
      },
    };
  }
}

/** Meta's documented meanings of a bad token (code 190), by subcode. */
const TOKEN_SUBCODES: Readonly<Record<number, string>> = {
  458: 'The user has not authorized the application.',
  459: 'The user must log in at www.facebook.com to pass a checkpoint.',
  460: 'The session is invalid because the user changed the password.',
  463: 'The session has expired.',
  464: 'The user is not a confirmed user.',
  467: 'The session was ended: the user logged out.',
};

export function badToken(subcode?: number): GraphError {
  const why = subcode === undefined ? 'Cannot parse access token.' : TOKEN_SUBCODES[subcode];
  return new GraphError(190, `Error validating access token: ${why ?? 'unknown reason'}`, {
    subcode,
  });
}

export function noPermission(): GraphError {
  return new GraphError(10, '(#10) Application does not have permission for this action');
}

export function badParameter(message: string): GraphError {
  return new GraphError(100, `(#100) ${message}`);
}

export function noSuchObject(id: string): GraphError {
  return new GraphError(
    100,
    `Unsupported request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
      'missing permissions, or does not support this operation.',
    { subcode: 33, type: 'GraphMethodException' },
  );
}
