"""Understands what people type: intent, entities, category suggestions. Serving never imports scikit-learn."""
