/** A place in the service where a crash leaves work half done. */
interface FaultPoint {
  readonly name: string;
  /** Matches the operations that are open at that place, as the simulator describes them. */
  readonly pattern: RegExp;
}

/**
 * The places that matter. A crash at each of them must occur in a full run. The operations are seen
 * from outside, so the service needs no hooks.
 */
const FAULT_POINTS: readonly FaultPoint[] = [
  { name: 'like: before the attempt is recorded', pattern: /^like: insert like_attempts, not/ },
  { name: 'like: between begin and send', pattern: /^like: insert like_attempts, done/ },
  { name: 'like: sent, without effect yet', pattern: /^like: (?:POST|DELETE) likes, not/ },
  { name: 'like: between effect and answer', pattern: /^like: (?:POST|DELETE) likes, done/ },
  { name: 'like: in the confirmation', pattern: /^like: (?:insert likes|update like_attempts), / },
  { name: 'like: before the commit', pattern: /^like: commit, not/ },
  { name: 'like: between commit and answer', pattern: /^like: commit, done/ },
  { name: 'reply: before the attempt is recorded', pattern: /^reply: insert channelbacks, not/ },
  { name: 'reply: between begin and send', pattern: /^reply: insert channelbacks, done/ },
  { name: 'reply: sent, without effect yet', pattern: /^reply: POST replies, not/ },
  { name: 'reply: between addComment and confirm', pattern: /^reply: POST replies, done/ },
  { name: 'reply: before it is confirmed', pattern: /^reply: update channelbacks, not/ },
  { name: 'reply: between confirm and answer', pattern: /^reply: update channelbacks, done/ },
  { name: 'reply: looking for a lost reply', pattern: /^reply: GET replies, / },
  { name: 'pull: reading comments', pattern: /^pull: GET comments, / },
  { name: 'pull: before the authors are stored', pattern: /^pull: insert comment_authors, not/ },
  { name: 'pull: between authors and answer', pattern: /^pull: insert connected_accounts, / },
];

/** How many crashes occurred at each point, by its name. */
export function countCrashes(
  points: Readonly<Record<string, number>>,
): readonly (readonly [string, number])[] {
  const reached = Object.entries(points);
  return FAULT_POINTS.map(({ name, pattern }) => {
    const counts = reached.flatMap(([point, count]) => (pattern.test(point) ? count : []));
    return [name, counts.reduce((sum, count) => sum + count, 0)] as const;
  });
}
