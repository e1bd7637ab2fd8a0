import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validate } from '../common/validation/validate.js';
import type { ClientDataType } from './client-data.js';
import { LikeClientData } from './like/like-client-data.dto.js';
import { LikeStateClientData } from './like-state/like-state-client-data.dto.js';
import { MediaClientData } from './media/media-client-data.dto.js';
import { ProxyEnvelope, readEnvelope } from './proxy-envelope.dto.js';

/** A million inputs take minutes: `QUICK_CHECKS=1000000 npm test -- quick-checks`. */
const RUNS = Number(process.env.QUICK_CHECKS ?? 10_000);

const id = fc.constantFrom(
  '1',
  '17895695668004550',
  '0'.repeat(30),
  '0'.repeat(31),
  '',
  '1\n',
  'x',
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: id },
  fc.constantFrom(true, false, 'true', 'false', 'TRUE', null, 0, 1, 17),
  fc.string(),
  fc.array(id, { maxLength: 2 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const target = fc.dictionary(
  fc.constantFrom('media_id', 'comment_id', 'ticket_id', 'liked', '__proto__', 'constructor', 'x'),
  value,
  { maxKeys: 2 },
);
const clientData = fc.oneof(
  fc.dictionary(
    fc.constantFrom(
      'media_id',
      'comment_id',
      'ticket_id',
      'liked',
      'after',
      'targets',
      '__proto__',
    ),
    value,
    { maxKeys: 3 },
  ),
  fc.record({ media_id: id, liked: value }),
  fc.record({ comment_id: id, liked: value }),
  fc.record({ targets: fc.array(target, { maxLength: 3 }) }),
  fc.record({ targets: fc.array(fc.record({ media_id: id }), { maxLength: 51, size: 'max' }) }),
);

/** JSON that was sent, as the parser gives it. */
const sent = (data: object): Record<string, unknown> =>
  JSON.parse(JSON.stringify(data)) as Record<string, unknown>;

const TYPES: [string, ClientDataType][] = [
  ['LikeClientData', LikeClientData],
  ['LikeStateClientData', LikeStateClientData],
  ['MediaClientData', MediaClientData],
];

describe.each(TYPES)('the quick check of %s', (_, type) => {
  it('accepts nothing that the rules refuse, and gives the same instance', () => {
    fc.assert(
      fc.property(clientData, (data) => {
        const quick = type.accept?.(sent(data));
        if (quick === undefined) return;
        const slow = validate(type, sent(data), { unknownFields: 'refuse' });
        expect(slow).toEqual({ value: quick });
        expect(quick).toBeInstanceOf(type);
        expect(Object.keys(quick).sort()).toEqual(
          Object.keys('value' in slow ? slow.value : {}).sort(),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('accepts the usual data', () => {
    const extra = type === LikeClientData ? { liked: 'true' } : {};
    for (const name of ['media_id', 'comment_id']) {
      expect(type.accept?.({ [name]: '17895695668004550', ...extra })).toBeInstanceOf(type);
    }
  });
});

it('LikeStateClientData also accepts a list quickly', () => {
  const targets = [{ media_id: '1' }, { comment_id: '2' }];
  expect(LikeStateClientData.accept({ targets })).toEqual({ targets });
});

describe('the quick check of the envelope', () => {
  it('accepts nothing that the rules refuse', () => {
    const field = fc.oneof(fc.string(), value);
    const body = fc.oneof(
      fc.dictionary(fc.constantFrom('instance_metadata', 'client_data', 'x'), field),
      value,
    );
    const read = (input: unknown): unknown => {
      try {
        const { instance_metadata: metadata, client_data: data } = readEnvelope(input);
        return { metadata, data };
      } catch {
        return 'refused';
      }
    };
    fc.assert(
      fc.property(body, (input) => {
        const slow = validate(ProxyEnvelope, input, { unknownFields: 'ignore' });
        const expected =
          'value' in slow
            ? { metadata: slow.value.instance_metadata, data: slow.value.client_data }
            : 'refused';
        expect(read(input)).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });
});
