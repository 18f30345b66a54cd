"""`nianbao alerts`: what people are told, and whether it reached them."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from orchestration.cli.languages import Language, LanguageOption, choose_language

if TYPE_CHECKING:
    from orchestration.alerting.outboxes import Delivery, Standing
    from orchestration.settings import Settings


def alerts(
    action: Annotated[Literal["list", "test", "send"], typer.Argument()] = "list",
    lang: LanguageOption = None,
) -> None:
    """What is wrong now, and whether each channel of NIANBAO_ALERT_URLS was told.

    `list` shows it, `test` sends a message to every channel, `send` looks again and delivers at once what waits. Exit status 1: a channel
    did not take its message.
    """
    from ingest.errors import NianbaoError
    from orchestration.settings import load_settings

    settings = load_settings()
    if not settings.alert_urls:
        raise NianbaoError("no channel is configured; set NIANBAO_ALERT_URLS (docs/alerts.md)")
    if action == "test":
        _test(settings)
    elif action == "list":
        _list(settings, choose_language(lang, settings))
    else:
        _send(settings)


def _test(settings: "Settings") -> None:
    from orchestration.alerting.sending import list_channels, send_message
    from orchestration.cli.consoles import print_plain

    results = []
    for channel in list_channels(settings.alert_urls):
        said = send_message(channel, "[年报 Nianbao] 测试 · Test", "这是一条测试消息。\n\nThis is a test message.", "info")
        print_plain(f"{channel.name}  {said or 'delivered'}")
        results.append(said)
    if any(results):
        raise typer.Exit(1)


def _send(settings: "Settings") -> None:
    from datetime import UTC, datetime

    from orchestration.alerting.evaluating import tell
    from orchestration.cli.consoles import print_plain

    summary = tell(settings, datetime.now(UTC), is_forced=True)
    print_plain(summary.describe())
    if summary.pending:
        raise typer.Exit(1)


def _list(settings: "Settings", language: Language) -> None:
    from orchestration.alerting.outboxes import open_outbox
    from orchestration.alerting.sending import list_channels
    from orchestration.cli.consoles import print_plain

    with open_outbox(settings.paths.alerts) as box:
        standing = [item for item in box.list_standing() if item.state == "open"]
        deliveries = box.list_deliveries()
    print_plain(f"Open       {len(standing)}")
    for item in standing:
        print_plain(_write_standing(item, language))
    for channel in list_channels(settings.alert_urls):
        own = [delivery for delivery in deliveries if delivery.channel == channel.name]
        done = sum(delivery.state == "delivered" for delivery in own)
        waiting = [delivery for delivery in own if delivery.state == "pending"]
        print_plain(f"Channel    {channel.name}: {done} delivered, {len(waiting)} waiting")
        for delivery in waiting:
            print_plain(_write_waiting(delivery))


def _write_standing(item: "Standing", language: Language) -> str:
    from orchestration.alerting.causes import load_causes

    cause = load_causes().causes[item.alert.cause]
    title, place = (cause.title_zh, item.alert.place.zh) if language == "zh" else (cause.title_en, item.alert.place.en)
    lines = [f"  {item.alert.key}  {title}: {place}  since {item.since:%Y-%m-%d %H:%M}Z"]
    lines += [f"    {line.zh if language == 'zh' else line.en}" for line in item.alert.counts]
    return "\n".join(lines)


def _write_waiting(delivery: "Delivery") -> str:
    said = f", {delivery.said}" if delivery.said is not None else ""
    return f"  {delivery.message.title}\n    {delivery.attempts} attempts{said}; next {delivery.next_attempt:%Y-%m-%d %H:%M}Z"
