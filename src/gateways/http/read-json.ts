/**
 * Parses the JSON of an answer; undefined when it is none. An integer too large to be exact, as ids of operators
 * are, stays as the digits that were written.
 */
export function answerJsonOf(text: string): unknown {
  try {
    return JSON.parse(text, exact);
  } catch {
    return undefined;
  }
}

const exact = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
    ? context?.source
    : value;
