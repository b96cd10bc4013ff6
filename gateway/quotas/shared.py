"""The two quotas kept in Redis, so that a token's limits hold for all replicas together.

Redis' own clock tells the time, since those of the replicas differ. While it is down each replica counts by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.quotas.base import Balance, Quota, QuotaExceeded, Taken
from gateway.quotas.window import SLOTS
from gateway.shared_state import Reply, SharedState, SharedStateDown

_ROUNDING = 1e-9
"""Like that of the bucket in memory."""

_NOW = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
local amount, limit, period = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
"""
_BUCKET = (
    _NOW
    + """
local used = tonumber(redis.call('HGET', KEYS[1], 'used') or '0')
local at = tonumber(redis.call('HGET', KEYS[1], 'at') or now)
used = math.max(0, used - math.max(0, now - at) * limit / period)
if amount > 0 and used + amount > limit + 1e-9 then
  return {'0', string.format('%.9f', used), string.format('%.6f', now)}
end
if amount ~= 0 then
  used = math.max(0, used + amount)
  redis.call('HSET', KEYS[1], 'used', string.format('%.9f', used), 'at', string.format('%.6f', now))
  redis.call('PEXPIRE', KEYS[1], math.ceil(period * 1000))
end
return {'1', string.format('%.9f', used), string.format('%.6f', now)}
"""
)
_WINDOW = (
    _NOW
    + """
local span = period / tonumber(ARGV[4])
local slots, used = {}, 0
local kept = redis.call('HGETALL', KEYS[1])
for index = 1, #kept, 2 do
  local number, taken = tonumber(kept[index]), tonumber(kept[index + 1])
  if (number + 1) * span + period <= now then
    redis.call('HDEL', KEYS[1], kept[index])
  else
    used = used + taken
    slots[#slots + 1] = {number, taken}
  end
end
table.sort(slots, function(one, other) return one[1] < other[1] end)
local function forgotten(wanted)
  local sum = 0
  for _, slot in ipairs(slots) do
    sum = sum + slot[2]
    if wanted > 0 and sum >= wanted then return string.format('%.6f', (slot[1] + 1) * span + period - now) end
  end
  return '0'
end
local said = {'1', tostring(used), string.format('%.6f', now), forgotten(used + amount - limit), forgotten(used)}
if amount > 0 and used + amount > limit then
  said[1] = '0'
elseif amount > 0 then
  redis.call('HINCRBY', KEYS[1], tostring(math.floor(now / span)), amount)
  redis.call('PEXPIRE', KEYS[1], math.ceil((period + span) * 1000))
elseif amount < 0 then
  local number = tostring(math.floor(tonumber(ARGV[5]) / span))
  if redis.call('HEXISTS', KEYS[1], number) == 1 then redis.call('HINCRBY', KEYS[1], number, amount) end
end
return said
"""
)


class SharedBucket:
    """A `gateway.quotas.base.Quota` like `TokenBucket`. Raises `SharedStateDown` besides."""

    def __init__(self, state: SharedState, name: str, period: float) -> None:
        """`period`: seconds in which a whole limit comes back."""
        self._state = state
        self._name = name
        self._period = period

    async def take(self, caller: str, amount: int, limit: int) -> Taken:
        taken, used, now = await self._run(caller, amount, limit)
        if taken == b"1":
            return Taken(caller, amount, float(now))
        excess = float(used) + amount - limit
        enough_in = excess * self._period / limit if amount <= limit else self._period
        raise QuotaExceeded(self._balance(float(used), limit), enough_in)

    async def give_back(self, taken: Taken) -> None:
        await self._run(taken.caller, -taken.amount, 0)

    async def balance(self, caller: str, limit: int) -> Balance:
        _, used, _ = await self._run(caller, 0, limit)
        return self._balance(float(used), limit)

    async def _run(self, caller: str, amount: int, limit: int) -> Reply:
        key = f"quota:{self._name}:{caller}"
        return await self._state.run(_BUCKET, key, str(amount), str(limit), str(self._period))

    def _balance(self, used: float, limit: int) -> Balance:
        return Balance(limit, max(0, int(limit - used + _ROUNDING)), used * self._period / limit)


class SharedWindow:
    """A `gateway.quotas.base.Quota` like `SlidingWindow`. Raises `SharedStateDown` besides."""

    def __init__(self, state: SharedState, name: str, period: float) -> None:
        """`period` in seconds."""
        self._state = state
        self._name = name
        self._period = period

    async def take(self, caller: str, amount: int, limit: int) -> Taken:
        taken, used, now, enough_in, reset = await self._run(caller, amount, limit)
        if taken == b"1":
            return Taken(caller, amount, float(now))
        balance = Balance(limit, max(0, limit - int(used)), float(reset))
        raise QuotaExceeded(balance, float(enough_in) if amount <= limit else self._period)

    async def give_back(self, taken: Taken) -> None:
        await self._run(taken.caller, -taken.amount, 0, at=taken.at)

    async def balance(self, caller: str, limit: int) -> Balance:
        _, used, _, _, reset = await self._run(caller, 0, limit)
        return Balance(limit, max(0, limit - int(used)), float(reset))

    async def _run(self, caller: str, amount: int, limit: int, *, at: float = 0) -> Reply:
        key = f"quota:{self._name}:{caller}"
        arguments = (str(amount), str(limit), str(self._period), str(SLOTS), f"{at:.6f}")
        return await self._state.run(_WINDOW, key, *arguments)


@dataclass(frozen=True, slots=True)
class _TakenFrom(Taken):
    quota: Quota


class WithFallback:
    """A `gateway.quotas.base.Quota` that counts together with the other replicas, and alone while that cannot be."""

    def __init__(self, shared: Quota, alone: Quota) -> None:
        self._shared = shared
        self._alone = alone

    async def take(self, caller: str, amount: int, limit: int) -> Taken:
        for quota in (self._shared, self._alone):
            try:
                taken = await quota.take(caller, amount, limit)
            except SharedStateDown:
                continue
            return _TakenFrom(taken.caller, taken.amount, taken.at, quota)
        raise AssertionError("memory is never down")

    async def give_back(self, taken: Taken) -> None:
        quota = taken.quota if isinstance(taken, _TakenFrom) else self._alone
        try:
            await quota.give_back(taken)
        except SharedStateDown:
            return  # the caller has a little less until the period ends, never more

    async def balance(self, caller: str, limit: int) -> Balance:
        try:
            return await self._shared.balance(caller, limit)
        except SharedStateDown:
            return await self._alone.balance(caller, limit)
