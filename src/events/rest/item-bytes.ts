/**
 * The bytes of a JSON array's items, as they were sent: each goes through the same strict parser as a Pulsar payload,
 * so that digits which JSON.parse would lose, or bytes that are no UTF-8, are one item's fault.
 *
 * @param body a JSON document that JSON.parse takes: the caller has parsed it.
 * @param key a key of its outermost object whose value is an array; the last one counts, as in JSON.parse.
 */
export function itemBytes(body: Buffer, key: string): Buffer[] {
  const json = body.toString('latin1'); // one unit a byte, and what structures JSON is ASCII
  let items: Buffer[] = [];
  let depth = 0;
  let start = -1; // of the item that is open
  let inArray = false;
  let lastKey: string | null = null;
  for (let at = 0; at < json.length; at += 1) {
    const unit = json[at];
    if (unit === '"') {
      const end = endOfString(json, at);
      if (depth === 1 && !inArray) lastKey = JSON.parse(json.slice(at, end + 1)) as string;
      else if (inArray && depth === 2 && start === -1) start = at;
      at = end;
    } else if (unit === '{' || unit === '[') {
      if (inArray && depth === 2 && start === -1) start = at;
      depth += 1;
      if (unit === '[' && depth === 2 && lastKey === key) {
        inArray = true;
        items = [];
        start = -1;
      }
    } else if (unit === '}' || unit === ']') {
      depth -= 1;
      if (inArray && depth === 1) {
        if (start !== -1) items.push(body.subarray(start, at));
        inArray = false;
        lastKey = null;
      }
    } else if (unit === ',' && depth === 2 && inArray) {
      items.push(body.subarray(start, at));
      start = -1;
    } else if (unit === ',' && depth === 1) {
      lastKey = null;
    } else if (inArray && depth === 2 && start === -1 && !/\s/.test(unit!)) {
      start = at;
    }
  }
  return items;
}

function endOfString(json: string, open: number): number {
  let at = open + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}
