import type { EnvironmentReader } from './environment-reader.js';

/** A setting that is accepted and still looks wrong. */
export interface DoubtfulSetting {
  readonly setting: string;
  /** What to do. It contains no value. */
  readonly fix: string;
}

/** Changed, added or missing characters of a likely typing error. */
const TYPING_ERRORS_MAX = 2;
/** Shorter names are close to those of other programs, such as `HOST` and `HOSTS`. */
const NAME_MIN_CHARS = 8;
/** Longer names are not compared. */
const NAME_MAX_CHARS = 64;

/**
 * Finds settings that an operator most likely wants to correct.
 *
 * @param env has read every setting.
 */
export function findDoubtful(env: EnvironmentReader): DoubtfulSetting[] {
  const { settings, others } = env.names;
  const doubtful: DoubtfulSetting[] = [];
  if (!env.isSet('NODE_ENV')) {
    doubtful.push({ setting: 'NODE_ENV', fix: 'Set it to production, unless this is a trial.' });
  }
  const hasSecret = env.isSet('META_APP_SECRET') || env.isSet('META_APP_SECRET_FILE');
  if (env.isSet('META_APP_ID') !== hasSecret) {
    const missing = hasSecret ? 'META_APP_ID' : 'META_APP_SECRET';
    const fix = 'Set it too: people can log in only where both parts of the Meta app are set.';
    doubtful.push({ setting: missing, fix });
  }
  for (const name of others) {
    if (name.length > NAME_MAX_CHARS) continue;
    const meant = settings.find((each) => isTypingError(name, each));
    if (meant === undefined) continue;
    doubtful.push({ setting: name, fix: `It has no effect. Do you mean ${meant}?` });
  }
  return doubtful;
}

function isTypingError(name: string, known: string): boolean {
  if (known.length < NAME_MIN_CHARS) return name.toUpperCase() === known;
  if (Math.abs(name.length - known.length) > TYPING_ERRORS_MAX) return false;
  return countChanges(name.toUpperCase(), known) <= TYPING_ERRORS_MAX;
}

/** The Levenshtein distance. */
function countChanges(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, char] of Array.from(one).entries()) {
    const next = [index + 1];
    for (let place = 1; place <= other.length; place += 1) {
      const above = (row[place] ?? 0) + 1;
      const before = (next[place - 1] ?? 0) + 1;
      const same = (row[place - 1] ?? 0) + (char === other[place - 1] ? 0 : 1);
      next.push(Math.min(above, before, same));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
