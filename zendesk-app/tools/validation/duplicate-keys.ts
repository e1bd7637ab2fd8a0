const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** Keys that stand twice in one object of a JSON text; of two, `JSON.parse` drops the first in silence. */
export function duplicateKeysOf(json: string): string[] {
  const twice: string[] = [];
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (const [token] of json.matchAll(TOKEN)) {
    const keys = open.at(-1);
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':' && keys !== undefined) {
      if (keys.has(last)) twice.push(last);
      keys.add(last);
    }
    if (token.startsWith('"')) last = JSON.parse(token) as string;
  }
  return twice;
}
