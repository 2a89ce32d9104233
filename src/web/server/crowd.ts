/** One request of an unknown caller. */
export interface Guest {
  /** The owner: an address, its network for IPv6. */
  readonly owner: string;
  /** Says whether it still sends: then it can be ended early. */
  readonly isSending: () => boolean;
  /** Ends the sending at once. */
  readonly hurry: () => void;
}

/** The requests of unknown callers at one class of addresses: when it is full, the slowest sender is ended. */
export class Crowd {
  readonly #most: number;
  /** By owner, oldest first. */
  readonly #guests = new Map<string, Set<Guest>>();
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** Admits a request, and returns the function that removes it; undefined when all others are being answered. */
  enter(guest: Guest): (() => void) | undefined {
    if (this.#size >= this.#most && !this.#evictOldest()) return undefined;
    const theirs = this.#guests.get(guest.owner) ?? new Set();
    this.#guests.set(guest.owner, theirs.add(guest));
    this.#size += 1;
    return () => this.#leave(guest);
  }

  /** Ends the oldest sending request of the owner with the most: a few are never ended in favour of many. */
  #evictOldest(): boolean {
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
