/** Parses a text of JSON; undefined when it is none, such as one that is being written. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
