/** A kind of call to Meta. `like` and `message` (a private reply) have limits of their own. */
export type CallKind = 'like' | 'message' | 'write' | 'read';
