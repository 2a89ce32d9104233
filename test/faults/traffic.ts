import { setTimeout as pause } from 'node:timers/promises';
import { aFlashSale, signedOnPaper } from '../support/flash-sale.ts';
import { INBOUND_SECRET, OPERATORS, type Ground } from './ground.ts';
import type { SaidStop } from './judge.ts';

const STOP_EVERY_MS = 400;
/** A load balancer passes over who does not answer within that. */
const PASSED_OVER_MS = 2_000;
const AGAIN_AFTER_MS = 250;
/** An operator tells a STOP again and again for so long after the fault. */
const TOLD_FOR_MS = 30_000;
const MINUTE_MS = 60_000;
/** Reminders that are due at each minute. */
const EACH_MINUTE = 15;
const BEFORE_APPOINTMENT_MS = 2 * 3_600_000;

/** Numbers of people whom no other row of this ground knows. */
export function newPeople(ground: Ground, count: number): readonly string[] {
  const first = ground.people;
  ground.people += count;
  return Array.from({ length: count }, (_, n) => `+33612${String(first + n).padStart(6, '0')}`);
}

/** Imports people of the shop and makes a campaign for them; answers its id. */
export function aCampaign(ground: Ground, phones: readonly string[]): Promise<string> {
  const call = (method: string, where: string, body?: unknown) => ground.call(method, where, { body });
  return aFlashSale({ call }, signedOnPaper(phones));
}

/** Books appointments whose reminders are due at those minutes, by the law clock. */
export async function bookings(
  ground: Ground,
  minutes: readonly number[],
): Promise<readonly { readonly phone: string; readonly dueLaw: number }[]> {
  const owed: { phone: string; dueLaw: number }[] = [];
  for (const dueLaw of minutes)
    for (const phone of newPeople(ground, EACH_MINUTE)) {
      await ground.must('PUT', `/v1/appointments/${phone}`, {
        body: {
          contact: { phone },
          practice: 'tilleuls',
          startsAt: new Date(dueLaw + BEFORE_APPOINTMENT_MS).toISOString(),
          reminders: ['PT2H'],
          consent: {
            method: 'paper',
            grantedAt: '2026-11-02T10:00',
            wording: 'J’accepte de recevoir par SMS les rappels de mes rendez-vous.',
          },
        },
        key: ground.clinic,
      });
      owed.push({ phone, dueLaw });
    }
  return owed;
}

/** The minutes of a span. */
export function minutesIn(from: number, to: number): readonly number[] {
  const first = Math.ceil(from / MINUTE_MS) * MINUTE_MS;
  return Array.from(
    { length: Math.max(0, Math.floor((to - first) / MINUTE_MS) + 1) },
    (_, n) => first + n * MINUTE_MS,
  );
}

/** People who say STOP one after the other, each waiting for nobody. */
export class StopSayers {
  readonly #ground: Ground;
  readonly #random: () => number;
  readonly #left: string[];
  readonly #told: Promise<SaidStop>[] = [];
  readonly #over = new AbortController();
  /** While it is so, the operator tells nothing: it is the one that is struck. */
  isMute = false;

  constructor(ground: Ground, phones: readonly string[], random: () => number) {
    this.#ground = ground;
    this.#random = random;
    this.#left = [...phones];
  }

  async begin(): Promise<void> {
    for (let turn = 0; !this.#over.signal.aborted && this.#left.length > 0; turn += 1) {
      if (!this.isMute) {
        const [phone = ''] = this.#left.splice(Math.floor(this.#random() * this.#left.length), 1);
        this.#told.push(this.#say(phone, turn));
      }
      await pause(STOP_EVERY_MS);
    }
  }

  /** Nobody says it any more, and nobody tells it again. */
  abandon(): void {
    this.#endedAt ??= 0;
    this.#over.abort();
  }

  /** Nobody says it any more; answers who did. */
  async end(): Promise<readonly SaidStop[]> {
    this.#over.abort();
    return Promise.all(this.#told);
  }

  /** Tells it at one public server after the other until one answers 2xx. */
  async #say(phone: string, turn: number): Promise<SaidStop> {
    const saidAt = Date.now();
    const { publics, sabotage } = this.#ground;
    if (sabotage === 'forget-stop') return { phone, saidAt, answeredAt: saidAt };
    const event = {
      kind: 'reply',
      id: `stop-${phone}`,
      from: phone,
      text: 'STOP',
      at: new Date().toISOString(),
    };
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: [event] }),
    };
    for (let at = turn; !this.#givenUp; at += 1) {
      const where = `${publics[at % publics.length] ?? ''}/v1/inbound/${OPERATORS[0]}/${INBOUND_SECRET}`;
      const signal = AbortSignal.timeout(PASSED_OVER_MS);
      const answer = await fetch(where, { ...init, signal }).catch(() => undefined);
      if (answer?.ok === true) return { phone, saidAt, answeredAt: Date.now() };
      await pause(AGAIN_AFTER_MS);
    }
    return { phone, saidAt, answeredAt: undefined };
  }

  #endedAt: number | undefined;
  get #givenUp(): boolean {
    if (this.#over.signal.aborted) this.#endedAt ??= Date.now();
    return this.#endedAt !== undefined && Date.now() - this.#endedAt > TOLD_FOR_MS;
  }
}

/** How many of these the shop's list of barred people holds. */
export async function barredAmong(ground: Ground, since: number): Promise<number> {
  const [row] = await ground.query<{ n: number }>(
    'SELECT count(DISTINCT phone_index)::int AS n FROM suppression',
  );
  return (row?.n ?? 0) - since;
}
