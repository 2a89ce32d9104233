/** The root of the project. */
export const root = new URL('../', import.meta.url);
