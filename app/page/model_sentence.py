"""Says what a model was trained on and how good it is, on every tab that speaks of one."""


def describe_model(card: dict) -> str:
    """The model and its test accuracy, in sentences."""
    params, test = card["params"], card["test"]
    return (
        f"The model: {params['model']} on {params['features']}, trained on the corpus "
        f"{params['corpus']}, with the regions {', '.join(card['regions'])}. Of {test['songs']} "
        f"songs that it was not trained on it classified {test['accuracy']:.0%} correctly (95% "
        f"interval {test['accuracy_low']:.0%} to {test['accuracy_high']:.0%}); always predicting "
        f"the largest region would be correct for {test['majority_accuracy']:.0%}."
    )
