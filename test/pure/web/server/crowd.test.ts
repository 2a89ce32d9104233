import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Crowd, type Guest } from '../../../../src/web/server/admission.ts';

const guest = (owner: string, sending: boolean, hurried: string[]): Guest => ({
  owner,
  isSending: () => sending,
  hurry: () => hurried.push(owner),
});

describe('a server with all connections taken', () => {
  it('closes the oldest of whoever sends most', () => {
    const [crowd, hurried] = [new Crowd(3), [] as string[]];
    for (const owner of ['many', 'few', 'many', 'new'])
      expect(crowd.enter(guest(owner, true, hurried))).toBeDefined();
    expect([hurried, crowd.size]).toEqual([['many'], 3]);
  });

  it('lets nobody in while all are served', () => {
    const crowd = new Crowd(2);
    for (const owner of ['a', 'b']) crowd.enter(guest(owner, false, []));
    expect(crowd.enter(guest('c', true, []))).toBeUndefined();
  });

  it('counts nobody who left', () => {
    const crowd = new Crowd(1);
    const leave = crowd.enter(guest('a', false, []));
    leave?.();
    leave?.();
    expect([crowd.size, crowd.enter(guest('b', false, [])) !== undefined]).toEqual([0, true]);
  });

  it('always takes an address’s only request', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 200 }), (owners) => {
        const [crowd, hurried] = [new Crowd(8), [] as string[]];
        for (const owner of owners) crowd.enter(guest(owner, true, hurried));
        const honest = crowd.enter(guest('honest', true, hurried));
        expect([honest !== undefined, crowd.size <= 8, hurried.includes('honest')]).toEqual([
          true,
          true,
          false,
        ]);
      }),
    );
  });
});
