/** Every entity that MikroORM knows. */
export const entities = [];
