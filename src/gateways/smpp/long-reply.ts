import { classifyReply, silences, strictestReply } from '../../sms/index.ts';
import type { ReplyEvent, ReplyPart } from '../../sending/index.ts';
import { repliesFrom, wordsOf } from './deliver-sm.ts';

/** Replaces a part that never came. */
const MISSING = ' … ';

/**
 * Joins the parts of a reply, in whatever order they came. A part that alone opts out of more than the whole does
 * is judged beside it.
 */
export function wholeReply(parts: readonly ReplyPart[], identity: string): readonly ReplyEvent[] {
  const inOrder = parts.toSorted((one, other) => one.at - other.at);
  const [first] = inOrder;
  if (first === undefined) return [];
  const text = joined(inOrder);
  const alone = inOrder.map((part) => textOf([part]));
  const isStricter = strictestReply(text, alone).kind !== classifyReply(text).kind;
  const stricter = isStricter ? alone.filter((words) => silences(classifyReply(words).kind)) : [];
  return repliesFrom({ senders: first.senders, to: first.to, text, identity, stricter });
}

/** Consecutive parts in one alphabet are decoded together: a character may be split between two. */
function joined(inOrder: readonly ReplyPart[]): string {
  let text = '';
  let reached = 0;
  for (const run of runsOf(inOrder)) {
    const [first] = run;
    text += (first?.at === reached + 1 ? '' : MISSING) + textOf(run);
    reached = run.at(-1)?.at ?? reached;
  }
  return text.trim();
}

function runsOf(inOrder: readonly ReplyPart[]): readonly (readonly ReplyPart[])[] {
  const runs: ReplyPart[][] = [];
  for (const part of inOrder) {
    const open = runs.at(-1);
    const before = open?.at(-1);
    if (before?.at === part.at - 1 && before.dataCoding === part.dataCoding) open?.push(part);
    else runs.push([part]);
  }
  return runs;
}

function textOf(run: readonly ReplyPart[]): string {
  const [first] = run;
  if (first === undefined) return '';
  const octets = Buffer.concat(run.map((part) => Buffer.from(part.octets, 'base64')));
  return wordsOf({ octets, dataCoding: first.dataCoding }, first.alphabet);
}
