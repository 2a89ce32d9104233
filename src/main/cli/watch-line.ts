import { z } from 'zod';

const Campaign = z.object({
  name: z.string(),
  status: z.string(),
  accounts: z.object({
    audience: z.int(),
    pending: z.int(),
    accepted: z.int(),
    delivered: z.int(),
    excluded: z.record(z.string(), z.int()),
    failed: z.int(),
    expired: z.int(),
    uncertain: z.int(),
  }),
  waitingFor: z.object({ text: z.string(), until: z.string().nullable() }).nullable(),
  forecast: z.object({ lastDepartureAt: z.string().nullable() }).nullable(),
});

const Import = z.object({
  kind: z.string(),
  state: z.string(),
  rows: z.int(),
  accepted: z.int(),
  rejected: z.int(),
  duplicates: z.int(),
  progress: z.object({
    read: z.number(),
    total: z.number(),
    rowsPerSecond: z.number().nullable(),
    secondsLeft: z.number().nullable(),
  }),
});

const figures = new Intl.NumberFormat('en');
const count = (value: number): string => figures.format(Math.round(value));

export function campaignLine(data: unknown): string {
  const { name, status, accounts, waitingFor, forecast } = Campaign.parse(data);
  const excluded = Object.values(accounts.excluded).reduce((sum, each) => sum + each, 0);
  const counted: readonly [number, string][] = [
    [accounts.delivered, 'delivered'],
    [excluded, 'excluded'],
    [accounts.failed, 'failed'],
    [accounts.expired, 'expired'],
    [accounts.uncertain, 'uncertain'],
    [accounts.pending, 'to come'],
  ];
  return [
    `${name}: ${status}`,
    `${count(accounts.accepted)} of ${count(accounts.audience)} accepted`,
    ...counted.filter(([value]) => value > 0).map(([value, word]) => `${count(value)} ${word}`),
    ...(waitingFor === null ? [] : [waitingFor.text + until(waitingFor.until)]),
    ...(forecast?.lastDepartureAt == null ? [] : [`last departure ${forecast.lastDepartureAt}`]),
  ].join(' · ');
}

const until = (at: string | null): string => (at === null ? '' : ` (until ${at})`);

export function importLine(data: unknown): string {
  const { kind, state, rows, accepted, rejected, duplicates, progress } = Import.parse(data);
  const share = progress.total === 0 ? 100 : (100 * progress.read) / progress.total;
  const { rowsPerSecond, secondsLeft } = progress;
  return [
    `${kind}: ${state}`,
    `${Math.floor(share)} %`,
    `${count(rows)} rows, ${count(accepted)} accepted, ${count(rejected)} rejected, ${count(duplicates)} duplicates`,
    ...(rowsPerSecond === null ? [] : [`${count(rowsPerSecond)} rows/s`]),
    ...(secondsLeft === null ? [] : [`${count(secondsLeft)} s left`]),
  ].join(' · ');
}

export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Characters; no event of ours is as long, so that the stream is not ours. */
const LONGEST_EVENT = 1_048_576;

/** Yields the events of a body of `text/event-stream`, without comments. */
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
