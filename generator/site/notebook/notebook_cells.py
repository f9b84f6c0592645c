"""How exported notebooks show each kind of artifact: read here as text, and copied.

`show_<kind>` draws or prints a kind of artifact, kinds derived from it and frames of
it; it uses `tools` alone. A kind that has none is shown by `show_artifact`.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from generator.site.notebook.helpers import (
    cell,
    ends,
    heatmap,
    intervals,
    last,
    numbers,
    signed_title,
    text,
    verdict,
)

# mypy: ignore-errors


def show_slot_scores(content):
    """One row a step, one column a slot of the window, the newest on the right.

    Of several epochs the last is drawn. The sums of parts are printed below.
    """
    content = last(content)
    scores = numbers(content["scores"])
    rows = [text(token) for token in content["targets"]]
    columns = [f"-{back}" for back in range(scores.shape[1], 0, -1)]
    heatmap(scores, rows, columns, signed_title(content), content["signed"])
    if "parts" in content:
        sums = numbers(content["by_part"]).sum((0, 1))
        for part, total in zip(content["parts"], sums, strict=True):
            print(f"{part:24} {total:+.4f} {content['unit']}")


def show_token_scores(content):
    """The first text that has scores: a column a token, + for the text's label."""
    drawn = [one for one in content["texts"] if not one["undefined"]]
    for one in content["texts"]:
        if one["undefined"]:
            print("no scores:", one["undefined"])
    if drawn:
        scores = numbers(drawn[0]["scores"])[None, :]
        columns = [text(token) for token in drawn[0]["tokens"]]
        label = text(drawn[0]["label"])
        title = signed_title(content, label)
        heatmap(scores, [label], columns, title, content["signed"])
    for one in drawn:
        shares = numbers(one["probabilities"])
        likely = dict(zip(content["labels"], np.round(shares, 3).tolist(), strict=True))
        print(f"{one['label']!r}: {likely}")
        if content["signed"]:
            print(f"scores of this text: + speaks for {one['label']!r}")


def show_token_frames(content):
    """The first text at every epoch, a row an epoch with what + speaks for there."""
    first = [frame["texts"][0] for frame in content["frames"]]
    scores = np.stack([numbers(one["scores"]) for one in first])
    last = content["frames"][-1]
    rows = [f"epoch {frame['epoch']}" for frame in content["frames"]]
    if last["signed"]:
        rows = [
            f"{row}, + for {text(one['label'])}"
            for row, one in zip(rows, first, strict=True)
        ]
    columns = [text(token) for token in first[-1]["tokens"]]
    heatmap(scores, rows, columns, last["quantity"], last["signed"])


def show_optimised(content):
    """The last text of every start, and the scores of every step."""
    steps = range(len(content["searches"][0]["texts"]))
    _, axes = plt.subplots(figsize=(8, 4), layout="constrained")
    for number, one in enumerate(content["searches"], 1):
        words = " ".join(text(token) for token in one["stages"][-1]["tokens"])
        print(f"start {number}: {one['flipped']:.4g} {content['unit']}: {words}")
        axes.plot(steps, numbers(one["mixtures"]), "--", color="grey")
        axes.plot(steps, numbers(one["texts"]))
    axes.set_xlabel("step; dashed: mixtures, plain: texts read off them")
    axes.set_ylabel(text(content["quantity"]))
    plt.show()
    best = content["best_random"]
    print(f"best random text: {best['score']:.4g}")


def show_anchors(content):
    """The rule of each text, with its precision and coverage."""
    for one in content["texts"]:
        words = [text(one["tokens"][place]) for place in one["anchor"]]
        said = f"precision {one['precision']} {ends(one)}, coverage {one['coverage']}"
        said = one["undefined"] or said
        print(f"{one['label']!r} if the text holds {words}: {said}")


def show_samples(content):
    """What was written, at each temperature and epoch."""
    for one in content["samples"]:
        print(
            f"temperature {one['temperature']}, epoch {one['epoch']}: {one['text']!r}"
        )


def show_curves(content):
    """Every curve, and the place that is marked."""
    x, y = numbers(content["x"]), numbers(content["y"])
    _, axes = plt.subplots(figsize=(8, 4), layout="constrained")
    for name, curve in zip(content["names"], y, strict=True):
        axes.plot(x, curve, label=text(name))
    if content["marked_x"] is not None:
        axes.axvline(content["marked_x"], linestyle="--", color="grey")
    axes.set_xlabel(text(content["x_label"]))
    axes.set_ylabel(text(content["y_label"]))
    axes.legend()
    plt.show()


def show_estimates(content):
    """Each estimate with its interval, and the claim they were made for.

    Of cells, the best one of each hypothesis is printed, with what chance reaches or
    with what clamping it does.
    """
    verdict(content)
    of_cells = content.get("fits", content.get("effects"))
    for one in content["rows"] if of_cells is None else of_cells:
        if "fits" in content:
            nulls = f"shifts {one['shifts']}, untrained {one['untrained']}"
            print(f"{one['name']:28} {cell(one)}: {one['again']} {ends(one)}; {nulls}")
        elif "effects" in content:
            print(f"{one['hypothesis']}, {cell(one)}: {one['use']}")
        else:
            print(f"{one['name']:40} {one['value']} {ends(one)} n = {one['n']}")
    if content["rows"]:
        intervals(content["rows"], content["quantity"], content["reference"])


def show_scores(content):
    """How far an explanation can be trusted, a row a measure."""
    for row in content["rows"]:
        print(f"{row['of']}: {row['name']} {row['value']} {ends(row)} n = {row['n']}")


def show_agreement(content):
    """How far each two explanations agree, by the first measure."""
    names = [text(name) for name in content["names"]]
    values = numbers(content["values"])[0]
    heatmap(values, names, names, text(content["measures"][0]), signed=True)


def show_alignments(content):
    """The first text, of the last epoch: target tokens down, source tokens across."""
    content = last(content)
    one = content["texts"][0]
    rows, columns = (list(map(text, one[side])) for side in ("targets", "sources"))
    scores = numbers(one["scores"])
    heatmap(scores, rows, columns, signed_title(content), content["signed"])
    if one["gold"] is None:
        print("no gold alignment")
        return
    for target, source in one["gold"]:
        print(f"gold: {rows[target]} - {columns[source]} {scores[target, source]:.4f}")


def show_plane(content):
    """A function's gradient as arrows, on one scale."""
    x, y = np.meshgrid(numbers(content["x"]), numbers(content["y"]))
    gradients = numbers(content["gradients"])
    _, axes = plt.subplots(figsize=(7, 7), layout="constrained")
    drawn = axes.quiver(x, y, gradients[..., 0], gradients[..., 1])
    size = float(np.hypot(gradients[..., 0], gradients[..., 1]).max())
    axes.quiverkey(drawn, 0.9, 1.03, size, f"{size:.3g} {text(content['unit'])}")
    outline = numbers(content["outline"])
    if outline.size:
        axes.plot(outline[:, 0], outline[:, 1], "--")
    axes.set_xlabel(text(content["axes"][0]))
    axes.set_ylabel(text(content["axes"][1]))
    axes.set_title(f"gradient of {content['function']}")
    plt.show()


def show_feature_scores(content):
    """A picture for each panel where features are pixels, else the largest scores."""
    title = f"{content['quantity']} {content['unit']}"
    for one in content["panels"]:
        scores = numbers(one["scores"])
        if content["shape"]:
            rows, columns = content["shape"]
            picture = scores.reshape(rows, columns)
            heatmap(picture, range(rows), range(columns), title, content["signed"])
            continue
        for place in np.argsort(-np.abs(scores), kind="stable")[:16]:
            print(f"{content['features'][place]:32} {scores[place]:+.4g}")


def show_predictions(content):
    """How often each label was given for each."""
    labels = [text(label) for label in content["labels"]]
    given = numbers(content["probabilities"]).argmax(1)
    counts = np.zeros((len(labels), len(labels)))
    np.add.at(counts, (np.array(content["truths"], dtype=int), given), 1)
    print(f"right: {np.trace(counts) / max(1, counts.sum()):.3f} of {counts.sum():.0f}")
    heatmap(counts, labels, labels, "texts: true label by predicted label")


def show_distributions(content):
    """The values of each group, and the claim they were collected for."""
    verdict(content)
    groups = [one for one in content["groups"] if len(numbers(one["values"]))]
    _, axes = plt.subplots(figsize=(8, 1.2 + 0.5 * len(groups)), layout="constrained")
    axes.boxplot([numbers(one["values"]) for one in groups], orientation="horizontal")
    axes.set_yticks(range(1, len(groups) + 1), [text(one["name"]) for one in groups])
    axes.set_xlabel(text(content["quantity"]))
    plt.show()
    for one in content["groups"]:
        print(f"{one['name']}: mean {one['mean']} {ends(one)}")


def show_cell_traces(content):
    """Every cell over the text: a row a cell; tanh of its memory."""
    values = np.tanh(numbers(content["memories"]))
    rows = [f"{cell['layer']}.{cell['place']}" for cell in content["cells"]]
    size = (min(20, 3 + 0.12 * values.shape[1]), min(16, 2 + 0.25 * len(rows)))
    _, axes = plt.subplots(figsize=size, layout="constrained")
    axes.imshow(values, cmap="PuOr", vmin=-1, vmax=1, aspect="auto")
    if len(rows) <= 40:
        axes.set_yticks(range(len(rows)), rows)
    axes.set_xlabel("character")
    plt.show()
    print("".join(t if isinstance(t, str) else "?" for t in content["tokens"]))


def show_artifact(content):
    """Every table of numbers as colours; all else as it is written."""
    for name, value in content.items():
        try:
            values = numbers(value)
        except (KeyError, TypeError, ValueError):
            values = np.zeros(())
        if values.ndim == 2 and values.size:
            rows, columns = map(range, values.shape)
            heatmap(values, rows, columns, name, bool((values < 0).any()))
        else:
            print(f"{name}: {value}")
