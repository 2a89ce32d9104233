/** One event of a stream, its data as JSON. */
export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Longer than any view: data without an end are no stream of ours. */
const LONGEST_EVENT = 1_048_576;

/** Parses the events of `text/event-stream`, without comments. */
export async function* streamEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of body) {
    const blocks = (rest + decoder.decode(piece, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > LONGEST_EVENT) return;
    for (const block of blocks) {
      const event = eventIn(block);
      if (event !== undefined) yield event;
    }
  }
}

function eventIn(block: string): StreamEvent | undefined {
  const lines = block.split('\n');
  const data = valueOf(lines, 'data');
  return data === undefined
    ? undefined
    : { event: valueOf(lines, 'event') ?? 'message', data: JSON.parse(data) };
}

function valueOf(lines: readonly string[], field: string): string | undefined {
  return lines.find((line) => line.startsWith(`${field}: `))?.slice(field.length + 2);
}
