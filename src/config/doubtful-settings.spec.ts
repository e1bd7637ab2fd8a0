import { describe, expect, it } from '@jest/globals';
import { type DoubtfulSetting, findDoubtful } from './doubtful-settings.js';
import { EnvironmentReader } from './environment-reader.js';

const KNOWN = ['HOST', 'PORT', 'NODE_ENV', 'CREDENTIALS_KEYS', 'META_APP_ID', 'LOG_LEVEL'];

const findAll = (environment: Record<string, string>): DoubtfulSetting[] => {
  const env = new EnvironmentReader(environment);
  for (const name of [...KNOWN, 'META_APP_SECRET', 'META_APP_SECRET_FILE']) env.isSet(name);
  return findDoubtful(env);
};
const find = (environment: Record<string, string>): string[] =>
  findAll({ NODE_ENV: 'production', ...environment }).map(({ setting }) => setting);

describe('findDoubtful', () => {
  it('finds nothing in the environment of a usual machine', () => {
    const others = {
      HOME: '/root',
      HOSTNAME: 'a',
      HOSTS: 'x',
      PORTS: '1',
      PATH: '/bin',
      LOGNAME: 'a',
    };
    expect(
      find({ ...others, CREDENTIALS_KEYS: 'k', NODE_OPTIONS: '-x', npm_config_x: '1' }),
    ).toEqual([]);
  });

  it.each([
    'CREDENTIAL_KEYS',
    'CREDENTIALS_KEY',
    'CREDENTAILS_KEYS',
    'Log_Level',
    'LOGLEVEL',
    'port',
  ])('finds %s', (name) => {
    expect(find({ [name]: 'planted-secret-value' })).toEqual([name]);
  });

  it('names the setting that was meant, and no value', () => {
    const [found] = findAll({ NODE_ENV: 'x', CREDENTIAL_KEYS: 'planted-secret' });
    expect(found?.fix).toBe('It has no effect. Do you mean CREDENTIALS_KEYS?');
  });

  it('finds half of a Meta app, and a missing NODE_ENV', () => {
    expect(find({ META_APP_ID: '1' })).toEqual(['META_APP_SECRET']);
    expect(find({ META_APP_SECRET: 's' })).toEqual(['META_APP_ID']);
    expect(find({ META_APP_SECRET_FILE: '/s' })).toEqual(['META_APP_ID']);
    expect(find({ META_APP_ID: '1', META_APP_SECRET_FILE: '/s' })).toEqual([]);
    expect(find({ NODE_ENV: ' ' })).toEqual(['NODE_ENV']);
  });

  it('compares no long name', () => {
    expect(find({ ['LOG_LEVEL'.padEnd(10_000, 'X')]: '' })).toEqual([]);
  });
});
