/** One request of somebody who is not known yet. */
export interface Guest {
  /** Whose it is: an address, its network for IPv6. */
  readonly owner: string;
  /** Whether it still sends: it can be hurried. */
  readonly isSending: () => boolean;
  /** Ends the sending at once. */
  readonly hurry: () => void;
}

/** The requests of strangers at one class of addresses: when it is full, whoever sends slowly makes room. */
export class Crowd {
  readonly #most: number;
  /** By owner, the oldest first. */
  readonly #guests = new Map<string, Set<Guest>>();
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Requests that are in it. */
  get size(): number {
    return this.#size;
  }

  /** Lets a request in, and answers how it leaves; undefined when all of the others are being answered. */
  enter(guest: Guest): (() => void) | undefined {
    if (this.#size >= this.#most && !this.#makeRoom()) return undefined;
    const theirs = this.#guests.get(guest.owner) ?? new Set();
    this.#guests.set(guest.owner, theirs.add(guest));
    this.#size += 1;
    return () => this.#leave(guest);
  }

  /** Of the owner with most requests that still send, the oldest ends: few are never ended for many. */
  #makeRoom(): boolean {
    let found: Guest | undefined;
    let most = 0;
    for (const theirs of this.#guests.values()) {
      const sending = [...theirs].filter((guest) => guest.isSending());
      if (sending.length > most) [most, found] = [sending.length, sending[0]];
    }
    if (found === undefined) return false;
    this.#leave(found);
    found.hurry();
    return true;
  }

  #leave(guest: Guest): void {
    const theirs = this.#guests.get(guest.owner);
    if (theirs?.delete(guest) !== true) return;
    this.#size -= 1;
    if (theirs.size === 0) this.#guests.delete(guest.owner);
  }
}
