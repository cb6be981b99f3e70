/**
 * JSON text that is equal for equal values: keys sorted by UTF-16 code units, no white space, numbers in their shortest form
 * (`10` and `10.0` are the same). It is what is stored as `properties` and what the fingerprint reads, so it is made once an event.
 * A member that is null is absent: `{"a":1,"b":null}` is `{"a":1}`. An object that thereby becomes empty stays an empty object, which is
 * a value; null in an array stays too, because the places of the others say something.
 * The value comes from JSON and nests at most 32 levels.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    let text = '[';
    for (let index = 0; index < value.length; index++) {
      if (index > 0) text += ',';
      text += canonicalJson(value[index]);
    }
    return text + ']';
  }
  const object = value as Record<string, unknown>;
  let text = '{';
  for (const key of Object.keys(object).sort()) {
    if (object[key] === null) continue;
    if (text.length > 1) text += ',';
    text += JSON.stringify(key) + ':' + canonicalJson(object[key]);
  }
  return text + '}';
}
