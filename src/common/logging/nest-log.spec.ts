import { beforeEach, describe, expect, it } from '@jest/globals';
import { CapturedLog } from '../../../test/support/capture.js';
import { StartupError } from '../errors/startup-error.js';
import { NestLog } from './nest-log.js';

describe('the log of the framework', () => {
  let logs: CapturedLog;
  let nest: NestLog;
  beforeEach(() => {
    logs = new CapturedLog();
    nest = new NestLog(logs.log);
  });

  it('keeps warnings and errors with their context', () => {
    nest.warn('a warning', 'Router');
    nest.error('a failure', 'its stack', 'Injector');
    nest.fatal('the end');
    expect(logs.events('framework.warning')).toMatchObject([
      { message: 'a warning', context: 'Router' },
    ]);
    expect(logs.events('framework.error')).toMatchObject([
      { message: 'a failure', context: 'Injector' },
      { message: 'the end' },
    ]);
  });

  it('has the kind of an error, and no message that may quote anything', () => {
    nest.error(new TypeError('planted'));
    expect(logs.events('framework.error')).toMatchObject([{ error: 'TypeError' }]);
    expect(logs.mentions('planted')).toBe(false);
  });

  it('contains no object of the framework', () => {
    nest.warn({ token: 'planted' }, { token: 'planted' });
    nest.error({ token: 'planted' });
    expect(logs.lines).toHaveLength(2);
    expect(logs.mentions('planted')).toBe(false);
  });

  it('leaves out messages about modules, and errors that the start prints itself', () => {
    nest.log();
    nest.error(new StartupError('The service cannot start.', ['PORT']));
    expect(logs.lines).toEqual([]);
  });
});
