import type { OperatorRefusal } from '../http/refusal.ts';
import type { Slot } from '../../sending/index.ts';
import { SmppSession, type SessionRole, type SessionEars, type SessionSettings } from './session.ts';

/** The number of sessions, and the options of each. */
export interface SessionsSettings extends Omit<SessionSettings, 'role'> {
  readonly sessions: number;
  readonly bind: Bind;
}

/** One session for both directions, or one for each. */
export type Bind = 'transceiver' | 'pair';

const ROLES: Readonly<Record<Bind, readonly SessionRole[]>> = {
  transceiver: ['transceiver'],
  pair: ['transmitter', 'receiver'],
};

/** Milliseconds until a failing operator is retried, doubled each time up to a maximum. */
const AGAIN_MS = 50;
const AGAIN_AT_MOST_MS = 5_000;

/** A session that binds and ends at once counts as failed. */
const STEADY_AFTER_MS = 200;

/** Wrong credentials do not become right by retrying; some operators block frequent tries. */
const REFUSED_AGAIN_MS = 30_000;

/** Places in the window of one session, for the parts of one message. */
export class SmppSlot implements Slot {
  readonly #places: number;
  #session: SmppSession | undefined;

  constructor(session: SmppSession | undefined, places: number) {
    session?.reserve(places);
    this.#places = places;
    this.#session = session;
  }

  release(): void {
    this.take();
  }

  take(): SmppSession | undefined {
    const session = this.#session;
    this.#session = undefined;
    session?.release(this.#places);
    return session;
  }
}

/** The sessions of one account: ended ones are replaced by new ones. */
export class Sessions {
  readonly #settings: SessionsSettings;
  readonly #received: SessionEars['received'];
  readonly #open = new Map<SmppSession, SessionRole>();
  readonly #refusals = new Map<SessionRole, OperatorRefusal>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #failures = 0;
  #closed = false;
  #turn = 0;

  constructor(settings: SessionsSettings, received: SessionEars['received']) {
    this.#settings = settings;
    this.#received = received;
    for (const role of ROLES[settings.bind]) for (let n = 0; n < settings.sessions; n += 1) this.#start(role);
  }

  /** Returns how many messages of so many parts could be written at this instant: none while no receiver is bound. */
  freeSlots(parts: number): number {
    if (!this.#isWhole) return 0;
    let slots = 0;
    for (const session of this.#open.keys()) slots += Math.floor(session.places() / parts);
    return slots;
  }

  /** Says whether the operator answers now, in both directions. */
  async answer(): Promise<boolean> {
    const answers = await Promise.all(
      [...this.#open].map(async ([session, role]) => ((await session.answers()) ? role : undefined)),
    );
    return this.#roles.every((role) => answers.includes(role));
  }

  /** The reason why the operator refuses to bind; undefined otherwise. */
  get refusal(): OperatorRefusal | undefined {
    const away = this.#roles.find((role) => !this.#isBound(role) && this.#refusals.has(role));
    return away && this.#refusals.get(away);
  }

  get #roles(): readonly SessionRole[] {
    return ROLES[this.#settings.bind];
  }

  get #isWhole(): boolean {
    return this.#roles.every((role) => this.#isBound(role));
  }

  #isBound(role: SessionRole): boolean {
    return [...this.#open].some(([session, its]) => its === role && session.isBound);
  }

  /**
   * Reserves at most `n` slots for messages of so many parts, each time from the next session on. Slots reserved
   * together are written together: one session sends them in one write.
   */
  reserve(n: number, parts: number): SmppSlot[] {
    const slots: SmppSlot[] = [];
    if (!this.#isWhole) return slots;
    const sessions = [...this.#open.keys()];
    const first = this.#turn;
    this.#turn += 1;
    for (let next = 0; next < sessions.length; next += 1) {
      const session = sessions[(first + next) % sessions.length];
      if (session !== undefined) slots.push(...slotsIn(session, n - slots.length, parts));
    }
    return slots;
  }

  /** Waits for the answers of written messages, and opens nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#open.keys()].map((session) => session.close()));
  }

  #start(role: SessionRole): void {
    if (this.#closed) return;
    let steady: NodeJS.Timeout | undefined;
    const session: SmppSession = new SmppSession(
      { ...this.#settings, role },
      {
        bound: () => {
          this.#refusals.delete(role);
          steady = setTimeout(() => {
            this.#failures = 0;
          }, STEADY_AFTER_MS);
        },
        received: this.#received,
        ended: ({ refusal }) => {
          this.#open.delete(session);
          clearTimeout(steady);
          this.#later(role, refusal);
          this.#failures += 1;
          if (refusal !== undefined) this.#refusals.set(role, refusal);
        },
      },
    );
    this.#open.set(session, role);
  }

  #later(role: SessionRole, refusal: OperatorRefusal | undefined): void {
    if (this.#closed) return;
    const backOff = Math.min(AGAIN_MS * 2 ** Math.min(this.#failures, 10), AGAIN_AT_MOST_MS);
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#start(role);
      },
      refusal?.errorClass === 'CONFIG' ? REFUSED_AGAIN_MS : backOff,
    );
    timer.unref();
    this.#timers.add(timer);
  }
}

/** Reserves at most `n` slots in one session. */
function slotsIn(session: SmppSession, n: number, parts: number): SmppSlot[] {
  const most = Math.min(n, Math.floor(session.places() / parts));
  return Array.from({ length: most }, () => new SmppSlot(session, parts));
}
