import type { Comment } from './thread.js';

/** Characters of a comment's text in its name. */
const EXCERPT_MAX_CHARS = 40;
/** Code units that are searched for them. An emoji of a family has 11. */
const EXCERPT_MAX_UNITS = 480;

/**
 * Names each comment for people who do not see it next to its buttons: the author and the start of
 * the text. Comments with the same name also get their time, and then a number.
 *
 * @param words for a comment without an author or text.
 */
export function nameComments(
  comments: readonly Comment[],
  words: {
    readonly author: string;
    readonly noText: string;
    formatTime(iso: string): string;
  },
): ReadonlyMap<Comment, string> {
  const short = new Map(
    comments.map((comment) => [
      comment,
      `${comment.author ?? words.author}: ${toExcerpt(comment.text) ?? words.noText}`,
    ]),
  );
  const timed = qualify(short, (comment) => words.formatTime(comment.createdAt));
  const counts = new Map<string, number>();
  return qualify(timed, (_, name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return String(count);
  });
}

/** The start of a text on one line; undefined without text. */
function toExcerpt(text: string): string | undefined {
  const words = text.split(/\s/).filter((word) => word !== '');
  if (words.length === 0) return undefined;
  const start = words.join(' ').slice(0, EXCERPT_MAX_UNITS);
  const characters = [...new Intl.Segmenter().segment(start)].map(({ segment }) => segment);
  if (characters.length <= EXCERPT_MAX_CHARS) return start;
  return `${characters.slice(0, EXCERPT_MAX_CHARS).join('').trimEnd()}…`;
}

/** Adds a qualifier in brackets to each name that another comment has, too. */
function qualify(
  names: ReadonlyMap<Comment, string>,
  toQualifier: (comment: Comment, name: string) => string,
): Map<Comment, string> {
  const uses = new Map<string, number>();
  for (const name of names.values()) uses.set(name, (uses.get(name) ?? 0) + 1);
  return new Map(
    [...names].map(([comment, name]) => {
      if (uses.get(name) === 1) return [comment, name];
      const qualifier = toQualifier(comment, name);
      return [comment, qualifier === '' ? name : `${name} (${qualifier})`];
    }),
  );
}
