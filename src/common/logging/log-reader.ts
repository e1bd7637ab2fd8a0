import sjson from 'secure-json-parse';
import { isJsonObject } from '../json-object.js';
import type { EventName, LogEvents } from './events.js';

/** A line of the log. Its values are unchecked: another program may have written it. */
type LogLine<Name extends EventName> = Readonly<
  Partial<Record<'time' | keyof LogEvents[Name], unknown>>
>;

/** The lines of one event, in the log's order. All other lines are skipped. */
export function readEvents<Name extends EventName>(log: string, name: Name): LogLine<Name>[] {
  return log
    .split('\n')
    .map((line): unknown => sjson.safeParse(line))
    .filter((json): json is LogLine<Name> => isJsonObject(json) && json.event === name);
}
