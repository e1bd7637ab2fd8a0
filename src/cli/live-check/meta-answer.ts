import type { FailureFields } from '../../common/logging/events.js';
import { toId } from '../../instagram/graph-objects.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Why there was no readable answer: the network's error code or the HTTP status. */
export function listReasons({
  network_error: network,
  graph_status: status,
}: FailureFields): string[] {
  return [
    ...(typeof network === 'string' ? [network] : []),
    ...(typeof status === 'number' ? [`status ${String(status)}`] : []),
  ];
}

export function readIds(json: JsonObject): string[] {
  const entries: unknown[] = Array.isArray(json.data) ? json.data : [];
  return entries
    .map((entry) => toId((entry as { id?: unknown } | null)?.id))
    .filter((id) => id !== undefined);
}

/** Names of the returned fields. Anything that does not look like a name is left out. */
export function listFieldNames(json: JsonObject): string {
  return Object.keys(json)
    .filter((name) => /^[a-z_]{1,30}$/.test(name))
    .join(', ');
}

export function toDay(seconds: number | undefined): string {
  if (seconds === undefined) return 'unknown';
  return seconds === 0 ? 'never' : new Date(seconds * 1000).toISOString().slice(0, 10);
}
