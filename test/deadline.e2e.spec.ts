import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { DeadlineInterceptor } from '../src/common/http/deadline.interceptor.js';
import { ChannelbackLedger } from '../src/ledger/replies/channelback-ledger.js';
import { LikeLedger } from '../src/ledger/likes/like-ledger.js';
import { Permalinks } from '../src/ledger/tickets/permalinks.js';
import { ENDS_AT_DEADLINE } from '../src/proxy/proxy-route.decorator.js';
import { form, useService } from './support/service.js';

const PHOTO = { media_id: OMNIWEAR.photoId };
/** Enough for a like beside other tests. */
const DEADLINE_MS = 1500;

/** A promise that never settles, as of a database that hangs. */
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Whether all routes of a controller end at a deadline: by the interceptor, or by `ProxyRoute`. */
function hasDeadline(controller: Type): boolean {
  const interceptors: unknown = Reflect.getMetadata('__interceptors__', controller);
  if (Array.isArray(interceptors) && interceptors.includes(DeadlineInterceptor)) return true;
  const { prototype } = controller as { prototype: Record<string, object> };
  const routes = Object.getOwnPropertyNames(prototype)
    .filter((name) => name !== 'constructor')
    .map((name) => prototype[name])
    .filter((method) => method !== undefined && Reflect.hasMetadata('path', method));
  return (
    routes.length > 0 &&
    routes.every((method) => method !== undefined && Reflect.hasMetadata(ENDS_AT_DEADLINE, method))
  );
}

describe('the deadline of a request', () => {
  const { service, instagram } = useService(
    { PROXY_DEADLINE_MS: String(DEADLINE_MS) },
    { per: 'test' },
  );
  const reply = (): string =>
    form({
      metadata: service.metadata,
      message: 'Thank you!',
      parent_id: `media:${OMNIWEAR.photoId}`,
      request_unique_identifier: 'r1',
    });

  it('ends a like whose database hangs, and nothing is sent', async () => {
    service.app.get(LikeLedger).begin = never;
    expect((await service.proxy('/like', { ...PHOTO, liked: true })).json).toMatchObject({
      ok: false,
      error: { code: 'deadline_exceeded', status: 504 },
    });
    expect(instagram.seen).toEqual([]);
  });

  it('lets the work go on after the answer, and logs its end', async () => {
    const ledger = service.app.get(LikeLedger);
    const confirm = ledger.confirm.bind(ledger);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    ledger.confirm = async (attempt) => {
      await released;
      return confirm(attempt);
    };
    const { json } = await service.proxy('/like', { ...PHOTO, liked: true });
    expect(json).toMatchObject({ ok: false, error: { code: 'deadline_exceeded' } });
    expect((await service.proxy('/like/state', PHOTO)).json).toMatchObject({ liked: null });
    release();
    while (service.logs.events('request.finished_late').length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(service.logs.events('request.finished_late')).toMatchObject([
      { route: '/like', outcome: 'ok' },
    ]);
    expect((await service.proxy('/like/state', PHOTO)).json).toMatchObject({ liked: true });
  });

  it('is set for every route', () => {
    const controllers = [...service.app.get(ModulesContainer).values()].flatMap((module) =>
      [...module.controllers.values()].map(({ metatype }) => metatype as Type),
    );
    const unlimited = controllers.filter((controller) => !hasDeadline(controller));
    expect(controllers.length).toBeGreaterThan(15);
    expect(unlimited).toEqual([]);
  });

  it('answers 503 to a reply whose database hangs', async () => {
    service.app.get(ChannelbackLedger).find = never;
    expect((await service.post('/channelback', reply())).status).toBe(503);
  });

  it('answers 503 to a reply and a pull after an error that no code foresees', async () => {
    const fail = (): never => {
      throw new TypeError('planted');
    };
    service.app.get(ChannelbackLedger).find = fail;
    service.app.get(Permalinks).remember = fail;
    const pull = form({ metadata: service.metadata, state: '' });
    const answers = [
      await service.post('/channelback', reply()),
      await service.post('/pull', pull),
    ];
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(service.logs.events('request.failed')).toHaveLength(2);
    expect(answers.map(({ text }) => text).join()).not.toContain('planted');
  });

  it('counts from the arrival of the headers, and not from the end of the body', async () => {
    const { app } = service;
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const body = form({
      instance_metadata: service.metadata,
      client_data: JSON.stringify({ ...PHOTO, liked: true }),
    });
    const socket = connect(port, '127.0.0.1');
    const answer = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('close', () => {
        resolve(text);
      });
    });
    socket.write(
      [
        'POST /like HTTP/1.1',
        'host: channel.example',
        'connection: close',
        'content-type: application/x-www-form-urlencoded',
        `content-length: ${String(body.length)}`,
        '\r\n',
      ].join('\r\n'),
    );
    await new Promise((resolve) => setTimeout(resolve, DEADLINE_MS + 50));
    socket.write(body);
    expect(await answer).toContain('"code":"deadline_exceeded"');
    expect(instagram.seen).toEqual([]);
  });

  it('leaves no timer and no log line behind an answer in time', async () => {
    expect((await service.proxy('/like', { ...PHOTO, liked: true })).json.ok).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, DEADLINE_MS + 50));
    expect(service.logs.events('request.finished_late')).toEqual([]);
  });
});
