/** The nightly run (`npm run test:long`), and not the one before a commit. */
export const IS_LONG = process.env['LONG'] !== undefined;

/** How many seeded cases a test takes: a fixed number in `npm test`, another one in `npm run test:long`. */
export const cases = (usual: number, long: number): number => (IS_LONG ? long : usual);

/** Options of a test that `npm test` leaves to the night; CONTRIBUTING says why. */
export const NIGHT = { tags: 'night' };
