// What the gateway tells its page: limits, default models, its public address.

export const settings = Object.freeze(JSON.parse(document.querySelector('meta[name="studio"]').content));
