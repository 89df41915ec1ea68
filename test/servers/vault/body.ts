/** Fields of a request body, read as leniently as the framework of the server reads them. */
import { JsonNumber, isJsonObject, type JsonObject, type JsonValue } from '@shared/model/json';
import { parseDuration } from './time';

export function textField(body: JsonObject, name: string): string {
  const value = body.get(name);
  if (value instanceof JsonNumber) return value.source;
  return typeof value === 'string' ? value : '';
}

export function booleanField(body: JsonObject, name: string): boolean | undefined {
  const value = body.get(name);
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** Seconds from a number or a duration; `undefined` if the field is missing. */
export function secondsField(body: JsonObject, name: string): number | undefined {
  const value = body.get(name);
  if (value instanceof JsonNumber) return Number(value.source);
  return typeof value === 'string' ? parseDuration(value) : undefined;
}

export function numberField(body: JsonObject, name: string): number | undefined {
  const text = textField(body, name);
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
}

/** A list, or a text with commas. */
export function listField(body: JsonObject, name: string): string[] | undefined {
  const value = body.get(name);
  if (typeof value === 'string') {
    return value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  if (!Array.isArray(value)) return undefined;
  return (value as readonly JsonValue[]).filter((item) => typeof item === 'string');
}

export const textMap = (object: JsonObject): Record<string, string> =>
  Object.fromEntries(
    [...object].flatMap(([key, text]) => (typeof text === 'string' ? [[key, text] as const] : [])),
  );

export function textMapField(body: JsonObject, name: string): Record<string, string> | undefined {
  const value = body.get(name);
  return isJsonObject(value) ? textMap(value) : undefined;
}
