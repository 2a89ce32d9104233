import type { Gateway } from '../gateways/gateway.ts';

/** More reminders than that at once are a backlog: advertising waits until it is gone. */
const MOST_BESIDE_ADVERTISING = 8;

/** Whether a batch goes before advertising. */
export const goesFirst = ({ purpose }: { readonly purpose: string }): boolean => purpose !== 'marketing';

/** Who goes first at one account of this worker: reminders and answers, then advertising. */
export class Precedence {
  #underWay = 0;
  #waiting = 0;

  /** Whether so many reminders are under way that advertising waits. */
  get isBehind(): boolean {
    return this.#underWay > MOST_BESIDE_ADVERTISING;
  }

  /** What advertising leaves of so many free connections. */
  left(seats: number): number {
    return this.isBehind ? 0 : Math.max(0, seats - this.#waiting);
  }

  /** Sends reminders or answers of one batch. */
  async first<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Rests while so many messages that go first find no connection. */
  async waits(messages: number, rest: () => Promise<void>): Promise<void> {
    this.#waiting += messages;
    await rest();
    this.#waiting -= messages;
  }
}

const precedences = new WeakMap<Gateway, Precedence>();

/** The precedence at an account, one for all batches of this worker. */
export function precedenceAt(gateway: Gateway): Precedence {
  const known = precedences.get(gateway);
  if (known !== undefined) return known;
  const precedence = new Precedence();
  precedences.set(gateway, precedence);
  return precedence;
}
