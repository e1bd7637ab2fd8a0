/** The service cannot start. Lists every error by its setting's name, without any value. */
export class StartupError extends Error {
  override readonly name = 'StartupError';

  constructor(
    what: string,
    readonly faults: readonly string[],
  ) {
    super(`${what}\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}
