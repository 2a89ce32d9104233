/** What a text of JSON says; undefined where it is none, such as one that is being written. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
