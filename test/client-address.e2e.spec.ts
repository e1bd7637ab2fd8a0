import { once } from 'node:events';
import { Agent, type IncomingMessage, request as send } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import fc from 'fast-check';
import { ClientAddress } from '../src/common/http/client-address.js';
import { TestService } from './support/service.js';

const HOUR_S = 3600;
/** The first proxy's entry for a client, and the client's address. */
const CLIENTS: readonly (readonly [string, string])[] = [
  ['203.0.113.9', '203.0.113.9'],
  ['203.0.113.9:4711', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['[2001:DB8::9]:443', '2001:db8::9'],
  ['[2001:db8::9]', '2001:db8::9'],
];
/** Later proxies write the address of the proxy before them. */
const PROXIES = ['10.0.0.1', '[2001:db8:ffff::2]:8443', '10.0.0.3:80'];

const HEADER_CHARACTERS = Array.from(' \t,,::[]%."=;/0123abcfxÿ');

/** Possible text of a header: visible characters, spaces and bytes above ASCII. */
const headerText = fc.oneof(
  fc.string({ unit: fc.constantFrom(...HEADER_CHARACTERS) }),
  fc.constantFrom(...PROXIES, '127.0.0.1', '::1', '10.0.0.9, 10.0.0.8', ',', ' , ,', 'unknown'),
  fc.ipV4(),
  fc.ipV6(),
);

describe('the client address', () => {
  const services: TestService[] = [];
  const agent = new Agent({ keepAlive: true });
  afterEach(async () => {
    agent.destroy();
    await Promise.all(services.splice(0).map((service) => service.stop()));
  });

  async function start(TRUST_PROXY: string): Promise<TestService> {
    const service = await TestService.start({ TRUST_PROXY });
    services.push(service);
    return service;
  }

  /** Sends header lines and returns the logged address. */
  async function addressOver(service: TestService, url: string, lines: string[]): Promise<unknown> {
    const headers = lines.flatMap((line) => ['x-forwarded-for', line]);
    const call = send(`${url}/health/live`, { agent, headers: ['host', 'localhost', ...headers] });
    call.end();
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return loggedAddress(service, answer.headers['x-request-id']);
  }

  it.each([
    ['1', 1],
    ['2', 2],
    ['3', 3],
    ['127.0.0.0/8,10.0.0.0/8,2001:db8:ffff::/48', 1],
    ['127.0.0.1, 10.0.0.0/8, 2001:db8:ffff::2', 3],
  ])(
    'cannot be forged by the client with TRUST_PROXY=%s and %d proxies',
    async (TRUST_PROXY, proxies) => {
      const service = await start(TRUST_PROXY);
      await service.app.listen(0, '127.0.0.1');
      const url = await service.app.getUrl();
      await fc.assert(
        fc.asyncProperty(
          fc.array(headerText, { maxLength: 4 }),
          fc.constantFrom(...CLIENTS),
          fc.boolean(),
          async (spoofed, [written, address], isOneLine) => {
            const lines = [...spoofed, written, ...PROXIES.slice(0, proxies - 1)];
            const sent = isOneLine ? [lines.join(', ')] : lines;
            expect(await addressOver(service, url, sent)).toBe(address);
          },
        ),
        { seed: 11, numRuns: 150 },
      );
    },
  );

  it.each([
    ['1', '192.0.2.1, nobody', '127.0.0.1'],
    ['1', '192.0.2.1, ', '127.0.0.1'],
    ['2', '192.0.2.1, , 10.0.0.1', '127.0.0.1'],
    ['1', 'a"b\\nc', '127.0.0.1'],
    ['1', '', '127.0.0.1'],
    ['off', '192.0.2.1', '127.0.0.1'],
    ['127.0.0.0/8', '192.0.2.1, 198.51.100.7:80', '198.51.100.7'],
  ])('with TRUST_PROXY=%s and the header %j is %s', async (TRUST_PROXY, header, address) => {
    const service = await start(TRUST_PROXY);
    const { headers } = await service.request('GET', '/health/live', undefined, {
      'x-forwarded-for': header,
    });
    expect(await loggedAddress(service, headers['x-request-id'])).toBe(address);
  });

  it.each([
    ['::ffff:10.1.2.3', '10.0.0.0/8', '192.0.2.1'],
    ['2001:db8:ffff::7', '2001:DB8:FFFF::/48', '192.0.2.1'],
    ['2001:db8:fffe::7', '2001:db8:ffff::/48', '2001:db8:fffe::7'],
    ['10.1.2.3', '::ffff:10.0.0.0/104', '192.0.2.1'],
  ])('of a request from %s with TRUST_PROXY=%s is %s', async (peer, TRUST_PROXY, address) => {
    const service = await start(TRUST_PROXY);
    await service.app.inject({
      url: '/health/live',
      remoteAddress: peer,
      headers: { 'x-forwarded-for': '192.0.2.1:99' },
    });
    expect(service.logs.events('request.answered')).toMatchObject([{ ip: address }]);
  });
});

@Controller()
class AddressController {
  @Get()
  address(@ClientAddress() address: string): string {
    return address;
  }
}

describe('@ClientAddress()', () => {
  it('passes the canonical address to a controller', async () => {
    const module = await Test.createTestingModule({ controllers: [AddressController] }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    await app.init();
    const answer = await app.inject({ url: '/', remoteAddress: '::ffff:192.0.2.1' });
    expect(answer.payload).toBe('192.0.2.1');
    await app.close();
  });
});

describe('a proxy that TRUST_PROXY does not name', () => {
  async function warnings(
    TRUST_PROXY: string,
    remoteAddress: string,
    headers: Record<string, string>,
  ): Promise<Record<string, unknown>[]> {
    const service = await TestService.start({ TRUST_PROXY });
    await service.app.inject({ url: '/health/live', remoteAddress, headers });
    await service.stop();
    return service.logs.events('proxy.not_trusted');
  }

  it.each([
    ['127.0.0.1', '127.0.0.1', { 'x-forwarded-for': '192.0.2.1' }],
    ['::ffff:172.17.0.1', '172.17.0.1', { 'x-forwarded-for': '192.0.2.1' }],
    ['fd00::1', 'fd00::1', { forwarded: 'for=192.0.2.1' }],
  ])('at %s causes a warning with the setting that fixes it', async (peer, ip, headers) => {
    const found = await warnings('off', peer, headers);
    expect(found).toEqual([
      expect.objectContaining({ ip, fix: expect.stringContaining('TRUST_PROXY=1') }),
    ]);
    expect(JSON.stringify(found)).not.toContain('192.0.2.1');
  });

  it.each<[string, string, Record<string, string>]>([
    ['off', '127.0.0.1', {}],
    ['off', '198.51.100.1', { 'x-forwarded-for': '192.0.2.1' }],
    ['1', '127.0.0.1', { 'x-forwarded-for': '192.0.2.1' }],
  ])('causes no warning with TRUST_PROXY=%s, from %s with %j', async (setting, peer, headers) => {
    expect(await warnings(setting, peer, headers)).toEqual([]);
  });

  it('causes at most one warning an hour', async () => {
    const service = await TestService.start({ TRUST_PROXY: 'off' });
    const count = async (): Promise<number> => {
      await service.request('GET', '/health/live', undefined, { 'x-forwarded-for': '192.0.2.1' });
      return service.logs.events('proxy.not_trusted').length;
    };
    expect([await count(), await count()]).toEqual([1, 1]);
    service.clock.advance(HOUR_S - 60);
    expect(await count()).toBe(1);
    service.clock.advance(60);
    expect(await count()).toBe(2);
    await service.stop();
  });
});

/** Waits for the log line, which may be written after the client has read the answer. */
async function loggedAddress(service: TestService, requestId: unknown): Promise<unknown> {
  for (let wait = 0; wait < 100; wait += 1) {
    const line = service.logs
      .events('request.answered')
      .findLast(({ request_id }) => request_id === requestId);
    if (line !== undefined) return line.ip;
    await new Promise(setImmediate);
  }
  throw new Error('The request was not logged.');
}
