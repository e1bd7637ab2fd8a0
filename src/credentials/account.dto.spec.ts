import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validate } from '../common/validation/validate.js';
import { AccountDto } from './account.dto.js';

const PLAIN = {
  v: 1,
  dialect: 'facebook_login',
  ig_user_id: '17841405822304914',
  username: 'omniwear',
  page_id: '100900000000001',
  user_token: 'EAAtoken',
  page_token: 'EAApage',
  scopes: ['instagram_basic', 'instagram_manage_comments'],
  expires_at: 0,
  data_access_expires_at: 1_800_000_000,
  connected_at: 1_790_000_000,
  threads: 'comment',
  backfill_days: 730,
  subdomain: 'omniwear',
};
type Field = keyof typeof PLAIN;
const FIELDS = Object.keys(PLAIN) as Field[];

/** Values near the borders of some field's rule. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    ...Object.values(PLAIN),
    ...['', ' ', '1\n', 'a b', 'é', 'A'.repeat(3000), 'A'.repeat(3001), '0'.repeat(31)],
    ...[null, undefined, true, {}, [], [''], ['instagram_basic', 7], 0, -1, 0.5, 731, 4102444800],
    ...['2026-11-22', '2026-11-22T10:00:00Z', 'instagram_login', 'posts', '__proto__'],
    Array.from({ length: 51 }, () => 'scope'),
  ),
  fc.string(),
  fc.double(),
  fc.array(fc.string(), { maxLength: 2 }),
);
const account = fc
  .record({
    changed: fc.dictionary(fc.constantFrom<string>(...FIELDS, 'x'), value, { maxKeys: 2 }),
    left: fc.subarray<string>(FIELDS, { maxLength: 3 }),
  })
  .map(({ changed, left }) => {
    const fields = Object.entries({ ...PLAIN, ...changed });
    return Object.fromEntries(fields.filter(([name]) => !left.includes(name)));
  });

describe('the quick check of an account', () => {
  it('accepts nothing that the rules refuse, and gives the same fields', () => {
    fc.assert(
      fc.property(account, (fields) => {
        const quick = AccountDto.accept(fields);
        if (quick === undefined) return;
        expect(quick).toBeInstanceOf(AccountDto);
        expect(validate(AccountDto, fields, { unknownFields: 'ignore' })).toEqual({ value: quick });
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts plain fields, and leaves times in words to the rules', () => {
    expect(AccountDto.accept(PLAIN)).toEqual({ ...PLAIN });
    expect(AccountDto.accept({ ...PLAIN, expires_at: '2027-01-01' })).toBeUndefined();
  });
});
