import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { AgentSandbox } from './agent-sandbox.js';

/** Starts a sandbox and a browser for the file. No page of a test may report an error. */
export function useAgentSandbox(): AgentSandbox {
  const sandbox = new AgentSandbox();
  beforeAll(() => sandbox.start(), 90_000);
  afterAll(() => sandbox.stop(), 30_000);
  beforeEach(() => sandbox.reset());
  afterEach(async () => {
    expect(await sandbox.closePages()).toEqual([]);
  });
  return sandbox;
}
